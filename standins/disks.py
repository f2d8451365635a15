"""Real file systems on small images: mounted for a test or a scenario, and always unmounted."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

_MEGABYTE = 1 << 20


class CannotMountError(Exception):
    """A file system cannot be had here; the text says why."""


class ProgramMissingError(Exception):
    """A program that makes or mounts a file system is not installed; the text names it."""


@dataclass(frozen=True, slots=True)
class DiskKind:
    """A kind of file system: what makes one, what mounts it, and what it can keep.

    `time_ns` is the step in which it keeps the times of files. `helper` is a program that mounts it where the
    kernel cannot. Those like FAT keep times of 2 s, and no permissions, links or attributes.
    """

    name: str
    make: tuple[str, ...] = ()
    type: str = ""
    options: str = ""
    helper: tuple[str, ...] = ()
    size_mb: int = 64
    time_ns: int = 1
    has_modes: bool = True
    is_fat: bool = False
    folds_case: bool = False

    @property
    def kernel_type(self) -> str:
        """The name by which the kernel knows it."""
        return self.type or self.name


KINDS = {
    kind.name: kind
    for kind in (
        DiskKind("ext4", ("mkfs.ext4", "-q", "-F", "-i", "4096")),
        DiskKind("casefold", ("mkfs.ext4", "-q", "-F", "-O", "casefold"), "ext4", folds_case=True),
        DiskKind("btrfs", ("mkfs.btrfs", "-q", "--nodiscard"), size_mb=160),
        DiskKind("xfs", ("mkfs.xfs", "-q", "-f"), size_mb=320),
        DiskKind("vfat", ("mkfs.vfat", "-F32"), options="utf8=1", is_fat=True, folds_case=True),
        DiskKind("exfat", ("mkfs.exfat",), helper=("mount.exfat-fuse",), is_fat=True, folds_case=True),
        DiskKind("ntfs", ("mkntfs", "-Q", "-F", "-q"), helper=("ntfs-3g",), has_modes=False, time_ns=100),
        DiskKind("tmpfs"),
        DiskKind("overlay"),
    )
}


@contextmanager
def mounted(
    name: str, folder: Path, *, size_mb: int = 0, options: str = "", make: Sequence[str] = ()
) -> Iterator[Path]:
    """Mount an empty file system of a kind below a folder; yield the folder that it is.

    Raises `CannotMountError` where the machine cannot, and `ProgramMissingError`.
    """
    kind = KINDS[name]
    place = folder / f"{name}-disk"
    place.mkdir()
    with ExitStack() as stack:
        if kind.name == "tmpfs":
            _mount("tmpfs", "tmpfs", place, _joined(f"size={size_mb or kind.size_mb}m", options))
            stack.callback(_unmount, place)
        elif kind.name == "overlay":
            place = _layered(stack, folder, place, options)
            stack.callback(_unmount, place)
        else:
            image = folder / f"{name}.img"
            stack.callback(image.unlink, missing_ok=True)
            made(kind, image, size_mb or kind.size_mb, make)
            stack.enter_context(mounted_image(kind, image, place, options))
        if kind.name == "casefold":
            place /= "folded"
            place.mkdir()
            _run(["chattr", "+F", str(place)])
        yield place


def made(kind: DiskKind, image: Path, size_mb: int, make: Sequence[str] = ()) -> None:
    """Make an empty file system in a file. Raises as `mounted` does."""
    with image.open("wb") as file:
        file.truncate(size_mb * _MEGABYTE)
    _run([*kind.make, *make, str(image)])


@contextmanager
def mounted_image(kind: DiskKind, image: Path, place: Path, options: str = "") -> Iterator[None]:
    """Mount the file system in a file on a folder. Raises as `mounted` does."""
    with ExitStack() as stack:
        _mount_image(stack, kind, image, place, options)
        stack.callback(_unmount, place)
        yield


def remount(place: Path, options: str) -> None:
    """Change the options of what is mounted on a folder, such as to read-only."""
    _run(["mount", "-o", f"remount,{options}", str(place)])


def limited(place: Path, size_bytes: int) -> Path:
    """Return a folder on a btrfs that may hold so many bytes: what passes them fails with EDQUOT."""
    folder = place / "limited"
    _run(["btrfs", "quota", "enable", str(place)])
    _run(["btrfs", "subvolume", "create", str(folder)])
    _run(["btrfs", "qgroup", "limit", str(size_bytes), str(folder)])
    return folder


def fill(folder: Path, leave_bytes: int = 0) -> Path:
    """Leave so many bytes free on a folder's file system; return the file that takes the rest."""
    ballast = folder / "ballast"
    with ballast.open("ab", buffering=0) as file:
        for size in (_MEGABYTE, 4096):
            while shutil.disk_usage(folder).free > leave_bytes + size:
                try:
                    file.write(b"x" * size)
                except OSError:
                    break
    return ballast


def _mount_image(stack: ExitStack, kind: DiskKind, image: Path, place: Path, options: str) -> None:
    if kind.name == "casefold" and not Path("/sys/fs/ext4/features/casefold").exists():
        raise CannotMountError("this kernel has no ext4 that folds case")
    if _kernel_has(kind.kernel_type):
        _mount(kind.kernel_type, str(image), place, _joined("loop", kind.options, options))
    elif kind.helper:
        device = _run(["losetup", "--find", "--show", str(image)]).strip()
        stack.callback(_run, ["losetup", "--detach", device])
        _run([*kind.helper, device, str(place), *(("-o", options) if options else ())])
    else:
        raise CannotMountError(f"this kernel has no {kind.kernel_type}")


def _kernel_has(kind: str) -> bool:
    known = Path("/proc/filesystems")
    if not known.exists():
        return False
    if kind not in known.read_text().split() and shutil.which("modprobe"):
        subprocess.run(["modprobe", "-q", kind], capture_output=True, check=False)
    return kind in known.read_text().split()


def _layered(stack: ExitStack, folder: Path, place: Path, options: str) -> Path:
    """Mount an overlay; what is below and above it are folders of a file system in memory."""
    (folder / "layers").mkdir()
    layers = stack.enter_context(mounted("tmpfs", folder / "layers"))
    for layer in ("lower", "upper", "work"):
        (layers / layer).mkdir()
    within = f"lowerdir={layers}/lower,upperdir={layers}/upper,workdir={layers}/work"
    _mount("overlay", "overlay", place, _joined(within, options))
    return place


def _joined(*options: str) -> str:
    return ",".join(filter(None, options))


def _mount(kind: str, what: str, place: Path, options: str) -> None:
    _run(["mount", "-t", kind, "-o", options, what, str(place)])


def _unmount(place: Path) -> None:
    if subprocess.run(["umount", str(place)], capture_output=True, check=False).returncode:
        subprocess.run(["umount", "--lazy", str(place)], capture_output=True, check=False)


def _run(command: list[str]) -> str:
    """Run a command that only root can, and return what it says; its complaint is why it cannot be had."""
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    except FileNotFoundError:
        raise ProgramMissingError(command[0]) from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or [f"exit code {done.returncode}"]
        raise CannotMountError(f"{command[0]}: {said[0]}")
    return done.stdout
