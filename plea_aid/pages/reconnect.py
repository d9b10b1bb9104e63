"""What a browser brings along when it turns to another process of the program.

Streamlit's new session holds the state of every field of the browser's page, but gives none of it away before the field
is drawn, when it is too late to tell it from what is stored. So this looks into the state itself; Streamlit is pinned
to a minor version, and a test in a browser looks that it works.
"""

from __future__ import annotations

from typing import Any

from streamlit.runtime.scriptrunner import get_script_run_ctx


def brought(key: str) -> str | None:
    """Return the text that the browser brought for the field ``key`` of a page this process did not draw."""
    context: Any = get_script_run_ctx(suppress_warning=True)
    state = getattr(getattr(context, "session_state", None), "_state", None)
    held: dict[str, Any] = getattr(getattr(state, "_new_widget_state", None), "states", {})
    for widget_id, one in held.items():
        if widget_id.startswith("$$ID-") and widget_id.endswith(f"-{key}"):
            text = getattr(getattr(one, "value", None), "string_value", None)
            return text if isinstance(text, str) and text.strip() else None
    return None
