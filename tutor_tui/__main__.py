"""`python -m tutor_tui` and the console script."""


def main() -> None:
    """Run the command line."""
    _mend_streams()
    from tutor_tui.cli import main as cli

    cli(prog_name="tutor-tui")


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
