"""The program, also by `python -m twolane`: from its first moment Ctrl-C ends it without a traceback."""

import signal


def main() -> None:
    """Run the command line; while it is loaded, an interrupt ends the process as the system does."""
    # One that whoever started us wants passed over stays so, as in the background of a shell.
    is_heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_heard:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from twolane.cli.main import main as command_line

    command_line(interrupts=is_heard)


if __name__ == "__main__":
    main()
