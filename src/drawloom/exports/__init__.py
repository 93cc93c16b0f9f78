"""How public names are offered without loading what is behind them, and the version.

`VERSION` is the only place that states it: the distribution takes it from here, and so do specifications.
"""

VERSION = "0.1.0"
RUNTIME_VERSION = f"1.16.0+drawloom.{VERSION}"
"""What specifications carry as the version of their SDK: that of flytekit whose container protocol the tasks follow, with ours as
build metadata, which does not count when versions are compared. A platform hands offloaded literals only to tasks whose version
compares as high enough (`IsSupportedSDKVersion` in flytepropeller/pkg/controller/config/config.go)."""
