"""Where attempts are made elsewhere: worker processes, clusters, and whatever executor a run is given."""
