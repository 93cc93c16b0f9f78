"""The inputs of a launch plan as parameters: with a default, filled by an artifact, or required."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compiler.options.option_kinds import PlatformValue
from compiler.source.interface import MISSING, Interface, is_optional
from literals import pb
from typeengine import NamedCodecs


def parameter_map(interface: Interface, defaults: Mapping[str, Any], fixed: Mapping[str, Any]) -> pb.ParameterMap:
    """Parameters of the inputs that are not fixed: with a default, filled by an artifact, or required."""
    made = pb.ParameterMap()
    codecs = NamedCodecs(interface.input_codecs, interface.owner, "default of input")
    for name, hint in interface.inputs.items():
        if name in fixed:
            continue
        parameter = pb.Parameter(var=interface.variable(name))
        value = defaults.get(name, interface.default_inputs.get(name, MISSING))
        if isinstance(value, PlatformValue):
            parameter = value.parameter(parameter.var)
        elif (value is MISSING or value is None) and is_optional(hint):
            parameter.default.scalar.none_type.SetInParent()
        elif value is MISSING or value is None:
            parameter.required = True
        else:
            parameter.default.CopyFrom(pb.Literal.FromString(codecs.encode({name: value})[name]))
        made.parameters[name].CopyFrom(parameter)
    return made
