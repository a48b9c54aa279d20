"""`python -m tutor_tui` and the console script."""


def main() -> None:
    """Run the command line."""
    from tutor_tui.cli import main as cli

    cli(prog_name="tutor-tui")


if __name__ == "__main__":
    main()
