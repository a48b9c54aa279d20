"""The command palette: every action of the registry, and the themes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from rich.text import Text
from textual.command import DiscoveryHit, Hit, Hits, Provider

from tutor_tui.ui.keys.actions import ACTIONS, call_of
from tutor_tui.ui.keys.names import key_name
from tutor_tui.ui.settings import THEMES


class ActionProvider(Provider):
    """Finds actions by any word of their help line."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for text, call in self._entries():
            yield DiscoveryHit(Text(text), partial(self.app.run_action, call), text=text)

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher = self.matcher(query)
        for text, call in self._entries():
            score = matcher.match(text)
            if score > 0:
                yield Hit(score, matcher.highlight(text), partial(self.app.run_action, call))

    def _entries(self) -> Iterator[tuple[str, str]]:
        for action in ACTIONS:
            yield f"{action.help}  [{' '.join(map(key_name, action.keys))}]", call_of(action)
        for theme in THEMES:
            yield f"Theme: {theme}", f"app.use_theme('{theme}')"
