"""What init and run lines mean, and the streams that carry answers and logs.

Loaded before there is an action: what not every action needs is imported when it is needed.
"""
import codecs
import io
import json
import os
import sys

SENTINEL = b"XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n"
WRITES_SENTINELS = os.environ.pop("MERINGUE_SENTINELS", "") != "off"
NO_CODE = "Missing main/no code to execute."
TWICE = "Cannot initialize the action more than once."
NO_DICTIONARY = "The action did not return a dictionary or array."
# Imported while there is nothing to do. An action may bring modules of the same names: see forget_shadowed.
COMMON_MODULES = ("traceback", "base64", "time", "datetime", "random", "math", "collections", "functools", "logging")

to_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class LogFile(io.FileIO):
    """A descriptor that remembers whether the last byte written through it ended a line."""

    at_line_start = True

    def write(self, data):
        count = super().write(data)
        if count:
            self.at_line_start = data[count - 1] == 10
        return count


class Log:
    """stdout or stderr of the action. Lines leave as they are printed, so that they survive a kill."""

    def __init__(self, fd):
        self.raw = LogFile(fd, "w", closefd=False)
        self.text = io.TextIOWrapper(
            io.BufferedWriter(self.raw), encoding="utf-8", errors="backslashreplace", line_buffering=True
        )

    def end(self):
        """Ends the log of one activation, on a line of its own."""
        try:
            self.text.flush()
        except ValueError:  # the action closed it
            pass
        if WRITES_SENTINELS:
            write_all(self.raw.fileno(), SENTINEL if self.raw.at_line_start else b"\n" + SENTINEL)
        self.raw.at_line_start = True


def write_all(fd, data):
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view):]


def as_text(value):
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, separators=(",", ":"))


def failure(message):
    return to_json({"error": message})


class Action:
    """One action: initialised once, then run, one run at a time."""

    def __init__(self, folder, logs):
        self.folder = folder
        self.logs = logs
        self.entry = None

    def end_logs(self):
        for log in self.logs:
            log.end()

    def init(self, value):
        """Returns status and JSON text."""
        if self.entry is not None:
            print(TWICE, file=sys.stderr)
            return 403, failure(TWICE)
        if not isinstance(value, dict) or not value.get("code"):
            return 403, failure(NO_CODE)
        from . import load_action

        before = load_action.Surroundings()
        try:
            for key, text in (value.get("env") or {}).items():
                os.environ[key] = as_text(text)
            self.entry = load_action.load(value, self.folder, COMMON_MODULES)
        except load_action.InitFailed as error:
            before.restore(self.folder)
            self.end_logs()
            return 502, failure(str(error))
        return 200, '{"ok":true}'

    def run(self, message):
        """Returns status and JSON text. SystemExit passes through: it ends the process."""
        if self.entry is None:
            return 500, failure("no action defined yet")
        value = message.get("value")
        for key, text in message.items():
            if key != "value":
                os.environ["__OW_" + key.upper()] = as_text(text)
        try:
            answer = self.answer({} if value is None else value)
        except Exception as error:
            from .errors import print_traceback

            print_traceback(error)
            answer = 200, failure(str(error))
        self.end_logs()
        return answer

    def answer(self, value):
        result = self.entry(value)
        if hasattr(result, "__await__"):
            import asyncio

            result = asyncio.run(awaited(result))
        if result is None:
            return 200, "null"
        if not isinstance(result, (dict, list, tuple)):
            return 502, failure(NO_DICTIONARY)
        try:
            return 200, to_json(result)
        except (TypeError, ValueError, RecursionError) as error:
            print("The result cannot be written as JSON:", error, file=sys.stderr)
            return 502, failure(NO_DICTIONARY)


async def awaited(value):
    return await value


def answer_line(action, line):
    """Takes one line of input; returns the one to answer with."""
    try:
        message = json.loads(line)
    except ValueError as error:
        return "400 - " + failure("Error unmarshaling request: " + str(error))
    if not isinstance(message, dict):
        message = {}
    if "init" in message:
        status, text = action.init(message["init"])
        return "%d init %s" % (status, text)
    status, text = action.run(message)
    return "%d %s %s" % (status, message.get("activation_id") or "-", text)


def import_while_idle(lines):
    """Imports common modules one by one, until there is something to do."""
    import select

    for name in (__package__ + ".load_action", *COMMON_MODULES):
        if select.select([lines], [], [], 0)[0]:
            return
        __import__(name)


def escape_surrogates(error):
    return "".join("\\u%04x" % ord(letter) for letter in error.object[error.start : error.end]), error.end


def serve(input_fd, result_fd):
    """Answers lines until there are no more; then the process ends."""
    codecs.register_error("jsonescape", escape_surrogates)
    folder = os.environ.pop("MERINGUE_ACTION_DIR", None) or os.path.join(os.getcwd(), "action")
    out, err = Log(1), Log(2)
    sys.stdout = sys.__stdout__ = out.text
    sys.stderr = sys.__stderr__ = err.text
    action = Action(folder, (out, err))
    lines = open(input_fd, "rb", buffering=65536)
    import_while_idle(lines)
    while True:
        line = lines.readline()
        if not line:
            os._exit(0)
        answer = answer_line(action, line) + "\n"
        # A lone surrogate has no UTF-8 form; as an escape it is still the same JSON.
        write_all(result_fd, answer.encode("utf-8", "jsonescape"))

