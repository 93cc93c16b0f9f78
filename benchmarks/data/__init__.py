"""Files, folders and frames: drawloom against flytekit, flyte 2 and plain obstore, on one S3 server process."""
