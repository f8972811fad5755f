"""From what was uploaded to the function that is called."""
import os
import sys
import types

from .errors import NOT_STARTED, BuildFailed, InitFailed, print_traceback

MODULE = "main__"


class Surroundings:
    """What loading an action changes, to be put back if it fails: another upload may follow."""

    def __init__(self):
        self.modules = set(sys.modules)
        self.path = list(sys.path)
        self.environment = dict(os.environ)
        self.cwd = os.getcwd()

    def restore(self, folder):
        for name in set(sys.modules) - self.modules:
            if name == MODULE or str(getattr(sys.modules[name], "__file__", "")).startswith(folder + os.sep):
                del sys.modules[name]
        sys.path[:] = self.path
        os.environ.clear()
        os.environ.update(self.environment)
        os.chdir(self.cwd)
        import shutil

        for entry in os.scandir(folder) if os.path.isdir(folder) else ():
            shutil.rmtree(entry.path) if entry.is_dir(follow_symlinks=False) else os.unlink(entry.path)


def load(value, folder, preloaded):
    """Returns the function. Its folder is then the working directory, and first on the path.

    Raises BuildFailed when the upload itself is wrong, InitFailed when its code fails to load.
    """
    try:
        os.makedirs(folder, exist_ok=True)
        os.chdir(folder)
        unpack_code(value, folder)
        if os.path.exists("requirements.txt") and not os.path.isdir("virtualenv"):
            from . import requirements

            requirements.install(folder)
    except (OSError, ValueError) as error:
        raise BuildFailed("The action could not be unpacked: %s" % error) from error
    sys.path.insert(0, folder)
    activate_virtualenv(folder)
    code = compile_main(folder)
    forget_shadowed(folder, preloaded)
    return start(code, folder, value.get("main") or "main")


def unpack_code(value, folder):
    code = value["code"]
    if value.get("binary"):
        import binascii

        data = binascii.a2b_base64(code)
        if data[:2] in (b"PK", b"\x1f\x8b"):
            from .unpack import unpack

            unpack(data, folder)
            return
    else:
        data = code.encode("utf-8", "surrogatepass")
    with open(os.path.join(folder, "__main__.py"), "wb") as file:
        file.write(data)


def activate_virtualenv(folder):
    root = os.path.join(folder, "virtualenv")
    if not os.path.isdir(root):
        return
    for place in ("bin", "Scripts"):
        script = os.path.join(root, place, "activate_this.py")
        if os.path.exists(script):
            with open(script, "rb") as file:
                exec(compile(file.read(), script, "exec"), {"__file__": script, "__name__": "activate_this"})
            return
    raise BuildFailed("Invalid virtualenv. Zip file does not include 'activate_this.py'.")


def compile_main(folder):
    # What was built elsewhere brings its own starter, and its main module under the name that one imports.
    built = os.path.exists(os.path.join(folder, "exec"))
    names = ("main__.py",) if built else ("__main__.py", "main__.py")
    file = next((path for path in (os.path.join(folder, name) for name in names) if os.path.exists(path)), None)
    if file is None and built:
        print("Zip file does not include main__.py", file=sys.stderr)
        raise InitFailed(NOT_STARTED)
    if file is None:
        raise BuildFailed("Zip file does not include __main__.py")
    try:
        with open(file, "rb") as source:
            return compile(source.read(), file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        line = (getattr(error, "text", None) or "").rstrip()
        raise BuildFailed("%s: %s\n%s" % (type(error).__name__, error, line)) from error


def forget_shadowed(folder, preloaded):
    """An action's own module wins over one of the same name that was imported ahead of time."""
    for name in preloaded:
        if os.path.exists(os.path.join(folder, name + ".py")) or os.path.isdir(os.path.join(folder, name)):
            sys.modules.pop(name, None)


def start(code, folder, main):
    module = types.ModuleType(MODULE)
    module.__file__ = code.co_filename
    sys.modules[MODULE] = module
    try:
        exec(code, module.__dict__)
        entry = getattr(module, main)
        if not callable(entry):
            raise TypeError("'%s' is not a function" % main)
        return entry
    except SystemExit as error:
        print("Command exited abruptly during initialization. (exit %s)" % error.code, file=sys.stderr)
        raise InitFailed(NOT_STARTED) from error
    except Exception as error:
        print_traceback(error)
        raise InitFailed(NOT_STARTED) from error
