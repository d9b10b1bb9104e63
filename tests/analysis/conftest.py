"""What the analysis tests share lies beside them: ``planted`` holds random cases and planted changes of the law."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
