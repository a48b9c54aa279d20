"""The command palette: every action of the registry, and the themes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.markup import escape

from tutor_tui.ui.keys.actions import ACTIONS, call_of
from tutor_tui.ui.keys.names import key_name
from tutor_tui.ui.settings import THEMES


class ActionProvider(Provider):
    """Finds actions by any word of their help line."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for text, call in self._entries():
            yield DiscoveryHit(Content(text), partial(self.app.run_action, call), text=text)

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher = self.matcher(query)
        for text, call in self._entries():
            score = matcher.match(text)
            if score > 0:
                shown = matcher.highlight(escape(text))
                yield Hit(score, shown, partial(self.app.run_action, call), text=text)

    def _entries(self) -> Iterator[tuple[str, str]]:
        for action in ACTIONS:
            yield f"{action.help}  ·  {' '.join(map(key_name, action.keys))}", call_of(action)
        for theme in THEMES:
            yield f"Theme: {theme}", f"app.use_theme('{theme}')"
