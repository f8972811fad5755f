"""What can be wrong with an upload, and how it is told."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
NOT_BUILT = "The action failed to generate or locate a binary. See logs for details."
NOT_STARTED = "Cannot start action. Check logs for details."


class InitFailed(Exception):
    """The upload can't become an action. The message is the answer; why is in the log already."""


class BuildFailed(InitFailed):
    """Something is wrong with the upload itself: the reason goes to the log."""

    def __init__(self, reason):
        super().__init__(NOT_BUILT)
        print(reason, file=sys.stderr)


def print_traceback(error):
    """Prints an exception without our own frames."""
    import traceback

    frame = error.__traceback__
    while frame is not None and frame.tb_frame.f_code.co_filename.startswith(HERE):
        frame = frame.tb_next
    traceback.print_exception(type(error), error, frame)
