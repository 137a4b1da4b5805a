#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""other_user_test.py IOCPTOP IDLE: another user is refused. Takes root, to become somebody else."""
import os
import shutil
import sys
import tempfile

from subjects import check, look, report, running

NOBODY = 65534


def become_nobody():
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def main():
    iocptop, idle = sys.argv[1:]
    if os.getuid() != 0:
        print("skipped: only root can become another user")
        return 77
    with tempfile.TemporaryDirectory() as folder, running([idle]) as (process, _):
        # Where the build is may be nobody else's business.
        os.chmod(folder, 0o755)
        copy = shutil.copy(iocptop, folder)
        refused = look(copy, process.pid, preexec_fn=become_nobody, cwd="/")
        check(refused.returncode == 2 and "not allowed" in refused.stderr,
              f"another user: {refused.returncode} {refused.stderr.strip()}")
        check(refused.stdout == "", "and is shown nothing")
        check(look(iocptop, "-i", 0, process.pid).returncode == 0, "root is not")
        for name in os.listdir(f"/proc/{process.pid}/fd"):
            if "iocp-stats" in os.readlink(f"/proc/{process.pid}/fd/{name}"):
                mode = os.stat(f"/proc/{process.pid}/fd/{name}").st_mode & 0o777
                check(mode == 0o600, f"the memory's mode is {mode:o}")
    return report()


if __name__ == "__main__":
    sys.exit(main())
