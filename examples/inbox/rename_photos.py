"""Rename the photographs of a folder after the day they were taken: 2026-05-18_001.jpg."""

import sys
from datetime import datetime
from pathlib import Path


def new_names(folder: Path) -> dict[Path, Path]:
    """Pair every photograph with its new name, oldest first."""
    names, counts = {}, {}
    for photo in sorted(folder.glob("*.jpg"), key=lambda path: path.stat().st_mtime):
        day = datetime.fromtimestamp(photo.stat().st_mtime).astimezone().strftime("%Y-%m-%d")
        counts[day] = counts.get(day, 0) + 1
        names[photo] = photo.with_name(f"{day}_{counts[day]:03}.jpg")
    return names


def main() -> None:
    for old, new in new_names(Path(sys.argv[1])).items():
        if new.exists() and new != old:
            print(f"kept {old.name}: {new.name} is taken")
        else:
            old.rename(new)


if __name__ == "__main__":
    main()
