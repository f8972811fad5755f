"""Installs what requirements.txt asks for, with whatever installer this Python has."""
import importlib.util
import os
import subprocess
import sys

from .errors import BuildFailed

PACKAGES = "requirements-packages"
QUIET = "--disable-pip-version-check"


def install(folder):
    """Fills `virtualenv` or puts a folder of packages on the path. Raises BuildFailed, with the installer's output."""
    if importlib.util.find_spec("virtualenv"):
        run(sys.executable, "-m", "virtualenv", "virtualenv")
        run(os.path.join("virtualenv", "bin", "pip"), "install", QUIET, "-r", "requirements.txt")
    elif importlib.util.find_spec("pip"):
        run(sys.executable, "-m", "pip", "install", QUIET, "--target", PACKAGES, "-r", "requirements.txt")
        sys.path.insert(0, os.path.join(folder, PACKAGES))
    else:
        raise BuildFailed(
            "requirements.txt needs the module virtualenv or pip, and this Python has neither: "
            "put the packages into a folder 'virtualenv' of the archive."
        )


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise BuildFailed(done.stdout.decode("utf-8", "replace"))
