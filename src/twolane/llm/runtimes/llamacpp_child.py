"""The process that holds one lane's model: llama.cpp's own HTTP server on a loopback port, and nothing else.

It is started by its file, so that it imports none of twolane. Parameters come as one JSON line on stdin,
where no other user can read the key; `{"url": ...}` goes out when the model is loaded. When stdin ends, or
the parent is gone, so is this process.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

_WATCH_S = 0.5
_LOG_LIMIT_BYTES = 1 << 20
_PR_SET_PDEATHSIG = 1
_LOG_WARNINGS = 2
_UNUSABLE_KERNELS = 3
# Where a process whose parent died gets another parent, its death can be seen by that.
_HAS_PARENTS = os.name == "posix"


def _die_with_parent(parent: int) -> None:
    """Have the kernel end this process with its parent (Linux).

    No thread of this process could notice it while the model loads, for llama.cpp then holds the
    interpreter, nor while this process is paused. The kernel watches the parent's *thread* that started this
    process, which lives as long as the process does.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the call
            os._exit(1)


def _watch_stdin() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def _watch_parent(parent: int, log: Path) -> None:
    # A fork of the parent may hold our stdin open after its death, so the end of stdin is not enough.
    while not _HAS_PARENTS or os.getppid() == parent:
        with contextlib.suppress(OSError):  # a log that cannot be cut is no reason to end
            if log.stat().st_size > _LOG_LIMIT_BYTES:
                os.truncate(log, 0)  # it is open for appending, so writing goes on at the new end
        time.sleep(_WATCH_S)
    os._exit(0)


def _compute_with(kernels: str) -> None:
    """Have llama.cpp compute with kernels of this processor, in place of those in the package.

    llama.cpp asks the library itself whether this processor has what it needs, and refuses it otherwise.
    """
    from xllamacpp import xllamacpp as package

    try:
        llama = ctypes.CDLL(package.__file__)
        llama.ggml_backend_cpu_reg.restype = ctypes.c_void_p
        llama.ggml_backend_load.restype = ctypes.c_void_p
        llama.ggml_backend_load.argtypes = [ctypes.c_char_p]
        llama.ggml_backend_unload.argtypes = [ctypes.c_void_p]
    except (AttributeError, OSError) as error:  # a package that exports less than the one that was tried
        print(error, file=sys.stderr, flush=True)  # noqa: T201
        os._exit(_UNUSABLE_KERNELS)
    in_package = llama.ggml_backend_cpu_reg()
    if not llama.ggml_backend_load(os.fsencode(kernels)):
        os._exit(_UNUSABLE_KERNELS)  # the reason is in the log
    llama.ggml_backend_unload(in_package)


def _start(wanted: dict[str, Any]) -> Any:
    import xllamacpp

    if wanted["kernels"]:
        _compute_with(wanted["kernels"])
    params = xllamacpp.CommonParams()
    params.model.path = wanted["model_path"]
    params.n_ctx = wanted["context_tokens"] * wanted["slots"]  # divided evenly among the slots
    params.n_parallel = wanted["slots"]
    params.n_batch = wanted["batch_tokens"]
    params.cpuparams.n_threads = wanted["threads"]
    params.cpuparams_batch.n_threads = wanted["threads"]
    params.n_threads_http = wanted["slots"] + 16  # each request holds one, those of other processes too
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [wanted["key"]]
    params.swa_full = True  # else models with a sliding window (Gemma) cannot reuse the beginning of a prompt
    params.cache_ram_mib = wanted["prompt_cache_mib"]
    params.fit_params = False  # use the lane's context length, whatever would fit
    params.ctx_shift = False
    params.ui = False
    params.offline = True
    params.warmup = True
    params.verbosity = _LOG_WARNINGS
    return xllamacpp.Server(params)


def main() -> None:
    # Ctrl-C reaches every process of the terminal, and a service manager's SIGTERM every one of the service.
    # This one ignores both: its parent ends it, after the answers that are under way.
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    wanted = json.loads(sys.stdin.buffer.readline())
    parent = wanted["parent_pid"]
    _die_with_parent(parent)
    try:
        server = _start(wanted)
    except RuntimeError:
        os._exit(2)  # the reason is in the log
    threading.Thread(target=_watch_stdin, daemon=True).start()
    print(json.dumps({"url": server.listening_address}), flush=True)  # noqa: T201
    _watch_parent(parent, Path(wanted["log"]))


if __name__ == "__main__":
    main()
