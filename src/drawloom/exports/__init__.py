"""How public names are offered without loading what is behind them, and the version.

`VERSION` is the only place that states it: the distribution takes it from here, and so do specifications, which carry it as the
version of their SDK.
"""

VERSION = "0.1.0"
