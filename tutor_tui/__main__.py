"""`python -m tutor_tui` and the console script."""

SCREENS = ("learn", "run", "attach", "play")
"""The commands that open a screen; none at all opens one, too."""


def main() -> None:
    """Run the command line."""
    _mend_streams()
    _start_anew()
    from tutor_tui.cli import main as cli

    cli(prog_name="tutor-tui")


def _start_anew() -> None:
    """Where a screen is to come: with another allocator, before anything large is imported."""
    import sys

    commands = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    opens = any(command in SCREENS for command in commands) if commands else not sys.argv[1:]
    if opens and sys.stdin.isatty() and sys.stdout.isatty():
        from tutor_tui.ui.shell.allocator import use_returning_allocator

        use_returning_allocator()


def _mend_streams() -> None:
    """Standard streams that can be used: a closed one becomes empty, and no character is too much for any."""
    import os
    import sys

    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 - for as long as the process lives
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]


if __name__ == "__main__":
    main()
