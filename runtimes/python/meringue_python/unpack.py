"""Archives from strangers: nothing is written outside the folder, and nothing larger than it says it is."""
import io
import os
import shutil
import stat

TOTAL_LIMIT_BYTES = 1024 ** 3


def unpack(data, folder):
    """Unpacks a zip or a gzipped tar into a folder. Raises ValueError when it is broken or wants to leave the folder."""
    if data[:2] == b"PK":
        entries = zip_entries(data)
    else:
        entries = tar_entries(data)
    links = []
    total = 0
    for kind, name, mode, size, content in entries:
        total += size
        if total > TOTAL_LIMIT_BYTES:
            raise ValueError("the archive holds more than %d bytes" % TOTAL_LIMIT_BYTES)
        place = os.path.join(folder, inside(name))
        if kind == "folder":
            os.makedirs(place, exist_ok=True)
            continue
        os.makedirs(os.path.dirname(place), exist_ok=True)
        if kind == "file":
            with content() as source, open(place, "wb") as target:
                shutil.copyfileobj(source, target)
            os.chmod(place, (mode & 0o777 or 0o644) | 0o600)
        else:
            links.append((kind, name, content))
    # Links come last, so that no file is ever written through one.
    for kind, name, target in links:
        make_link(folder, kind, name, target)


def zip_entries(data):
    import zipfile
    import zlib

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                mode = info.external_attr >> 16
                if info.is_dir():
                    yield "folder", info.filename, mode, 0, None
                elif stat.S_ISLNK(mode):
                    yield "symlink", info.filename, mode, 0, archive.read(info).decode()
                else:
                    yield "file", info.filename, mode, info.file_size, lambda info=info: archive.open(info)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as error:
        raise ValueError("the zip archive cannot be read: %s" % error) from error


def tar_entries(data):
    import tarfile
    import zlib

    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
            for info in archive:
                if info.isdir():
                    yield "folder", info.name, info.mode, 0, None
                elif info.issym():
                    yield "symlink", info.name, info.mode, 0, info.linkname
                elif info.islnk():
                    yield "hardlink", info.name, info.mode, 0, info.linkname
                elif info.isreg():
                    yield "file", info.name, info.mode, info.size, lambda info=info: archive.extractfile(info)
    except (tarfile.TarError, zlib.error, EOFError) as error:
        raise ValueError("the tar.gz archive cannot be read: %s" % error) from error


def make_link(folder, kind, name, target):
    place = os.path.join(folder, inside(name))
    if kind == "hardlink":
        shutil.copy(os.path.join(folder, inside(target)), place, follow_symlinks=False)
        return
    # With all `..` in front, and the link in a real folder, what a target names can be told without looking.
    steps = [step for step in target.split("/") if step not in ("", ".")]
    ups = steps.count("..")
    depth = inside(name).count("/")
    if target.startswith("/") or ups > depth or any(step != ".." for step in steps[:ups]):
        raise ValueError("the link %s leads out of the folder" % name)
    os.symlink(target, place)


def inside(name):
    """The same name without empty steps. Raises ValueError when it names a place elsewhere."""
    steps = [step for step in name.split("/") if step not in ("", ".")]
    if name.startswith("/") or "\0" in name or ".." in steps:
        raise ValueError("the entry %s lies outside of the folder" % name)
    return "/".join(steps)
