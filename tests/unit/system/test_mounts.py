"""Which file systems tell nothing of what others change on them."""

from __future__ import annotations

from pathlib import Path

from twolane.system.mounts import remote_kind

TABLE = rb"""22 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw
23 22 0:21 / /proc rw - proc proc rw
60 22 0:50 / /mnt rw shared:4 - nfs4 server:/share rw
61 60 0:51 / /mnt/my\040disk rw - fuseblk /dev/sdb1 rw
62 22 0:52 / /home/ada/far\134away rw - fuse.sshfs ada@far: rw
63 22 0:53 / /media/gr\303\266\303\237e rw - cifs //nas/share rw
64 22 0:54 / /over rw - nfs4 server:/old rw
65 64 0:55 / /over rw - tmpfs none rw
torn line
"""


def test_what_is_on_the_network_or_a_program_s_is_known_by_its_mount(tmp_path: Path) -> None:
    # given
    table = tmp_path / "mountinfo"
    table.write_bytes(TABLE)

    # when
    kinds = {
        path: remote_kind(Path(path), table)
        for path in (
            *("/home/ada", "/mnt/papers", "/mnt/my disk/papers", "/home/ada/far\\away/x", "/media/größe/x"),
            *("/over/papers", "/mnt2"),
        )
    }

    # then
    assert kinds == {
        "/home/ada": "",
        "/mnt/papers": "nfs4",
        "/mnt/my disk/papers": "",
        "/home/ada/far\\away/x": "fuse.sshfs",
        "/media/größe/x": "cifs",
        "/over/papers": "",
        "/mnt2": "",
    }
    assert remote_kind(Path("/home"), tmp_path / "not Linux") == ""
