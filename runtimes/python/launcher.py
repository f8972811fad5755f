"""Runs Python actions: the launcher protocol on descriptors 0 (lines in) and 3 (lines out). Standard library only.

Only a door: as the program itself it is compiled at every start, what it imports is not.
"""
import os
import sys

if __name__ == "__main__":
    # Private before anything else runs: user code, and what it starts, finds an empty input and no descriptor 3.
    lines_in = os.dup(0)
    lines_out = os.dup(3)
    os.close(3)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    # Last on the path, and under one name that no action uses.
    sys.path.append(os.path.dirname(os.path.abspath(__file__)))
    from meringue_python.serve import serve

    serve(lines_in, lines_out)
