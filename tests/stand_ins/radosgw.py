"""A production S3 server: Ceph's gateway over one monitor and one OSD that keeps everything in memory.

Debian: apt-get install ceph-mon ceph-osd ceph-common radosgw. It runs as whoever starts it, in a folder of its own, and
is up in two seconds.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ownvoice.storage.aws import AwsAccess
from stand_ins.s3_server import free_port, wait_until_it_listens

PROGRAMS = ("monmaptool", "ceph-mon", "ceph-osd", "ceph", "radosgw", "radosgw-admin")

# One copy of everything is enough, and the monitor decides at once instead of once a second.
CONFIGURATION = """
[global]
fsid = {fsid}
mon host = v2:127.0.0.1:{mon_port}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
mon data = {folder}/mon
osd data = {folder}/osd
run dir = {folder}
log file = {folder}/$name.log
admin socket =
osd objectstore = memstore
osd crush chooseleaf type = 0
osd crush initial weight = 1
osd pool default size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon data avail crit = 1
paxos propose interval = 0.02
paxos min wait = 0.01
rgw frontends = beast endpoint=127.0.0.1:{port} tcp_nodelay=1
"""


def missing_programs() -> list[str]:
    """Return which of the programs that make up the server are not installed."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


@contextlib.contextmanager
def running_radosgw(folder: Path) -> Iterator[AwsAccess]:
    """Yield the way into an empty server whose daemons keep their files and logs in `folder`."""
    fsid, mon_port, port = str(uuid.uuid4()), free_port(), free_port()
    settings = folder / "ceph.conf"
    settings.write_text(CONFIGURATION.format(fsid=fsid, mon_port=mon_port, port=port, folder=folder))
    cluster = _Cluster(settings)
    with contextlib.ExitStack() as daemons:
        _start_monitor(cluster, daemons, fsid, mon_port)
        _start_osd(cluster, daemons)
        daemons.enter_context(cluster.daemon("radosgw", "-n", "client.rgw"))
        wait_until_it_listens(port)
        user = (
            "user",
            "create",
            "--uid=tests",
            "--display-name=tests",
            "--access-key=test-key",
            "--secret=test-secret",
        )
        cluster.run("radosgw-admin", "-n", "client.rgw", *user)
        yield AwsAccess("test-key", "test-secret", region="us-east-1", endpoint_url=f"http://127.0.0.1:{port}")


def _start_monitor(cluster: _Cluster, daemons: contextlib.ExitStack, fsid: str, port: int) -> None:
    monmap = str(cluster.settings.with_name("monmap"))
    cluster.settings.with_name("mon").mkdir()
    cluster.run("monmaptool", "--create", "--fsid", fsid, "--addv", "a", f"[v2:127.0.0.1:{port}]", monmap)
    cluster.run("ceph-mon", "-i", "a", "--mkfs", "--monmap", monmap)
    daemons.enter_context(cluster.daemon("ceph-mon", "-i", "a"))


def _start_osd(cluster: _Cluster, daemons: contextlib.ExitStack) -> None:
    osd = str(uuid.uuid4())
    cluster.settings.with_name("osd").mkdir()
    cluster.run("ceph", "--connect-timeout", "30", "osd", "new", osd)
    cluster.run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd)
    daemons.enter_context(cluster.daemon("ceph-osd", "-i", "0"))


@dataclass(frozen=True)
class _Cluster:
    settings: Path

    def run(self, program: str, *arguments: str) -> None:
        """Run one of Ceph's tools to its end; what it says goes into the error where it fails."""
        command = [program, "-c", str(self.settings), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"

    @contextlib.contextmanager
    def daemon(self, program: str, *arguments: str) -> Iterator[None]:
        """Run one of Ceph's daemons; killed at the end, since what it holds is in memory only."""
        command = [program, "-c", str(self.settings), "-f", *arguments]
        with self.settings.with_name(f"{program}.out").open("wb") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out)
            try:
                yield
            finally:
                process.kill()
                process.wait()
