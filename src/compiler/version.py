"""The version that specifications carry as their SDK version; equal to the distribution's."""

VERSION = "0.1.0"
