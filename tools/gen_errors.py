"""Write the explanations of errors (`src/drawloom/cli/explanations.md`) into docs/errors.md, below its heading.

python tools/gen_errors.py           rewrite it
python tools/gen_errors.py --check   exit 1 if it would change
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "errors.md"
HEADING = "# Every error by its code\n\n"


def main() -> int:
    """Rewrite the page, or say that it is out of date."""
    text = (ROOT / "src" / "drawloom" / "cli" / "explanations.md").read_text(encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    made = page.partition(HEADING)[0].rstrip("\n") + "\n\n" + HEADING + text
    if "--check" in sys.argv:
        return int(made != page)
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
