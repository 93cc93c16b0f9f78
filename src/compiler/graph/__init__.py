"""The graph while it is traced: promises, nodes, bindings, conditions, overrides."""
