"""Pictures of workflows and of runs: Mermaid and Graphviz text, SVG, PNG. Nothing here runs or imports a task."""
