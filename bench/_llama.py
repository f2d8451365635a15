"""A llama.cpp server in a process of its own, with any of its parameters: what `bench runtime` compares."""

from __future__ import annotations

import ctypes
import json
import os
import sys
from typing import Any


def compute_with(kernels: str) -> None:
    """Have llama.cpp compute with a library of kernels; ends the process where it cannot."""
    from xllamacpp import xllamacpp as package

    llama = ctypes.CDLL(package.__file__)
    llama.ggml_backend_cpu_reg.restype = llama.ggml_backend_load.restype = ctypes.c_void_p
    llama.ggml_backend_load.argtypes = [ctypes.c_char_p]
    llama.ggml_backend_unload.argtypes = [ctypes.c_void_p]
    in_package = llama.ggml_backend_cpu_reg()
    if not llama.ggml_backend_load(os.fsencode(kernels)):
        sys.exit(f"{kernels} cannot be used here")
    llama.ggml_backend_unload(in_package)


def main(wanted: dict[str, Any]) -> None:
    """Serve until standard input ends."""
    import xllamacpp

    if kernels := wanted.pop("kernels", ""):
        compute_with(kernels)
    params = xllamacpp.CommonParams()
    params.hostnames, params.port, params.ui, params.offline = ["127.0.0.1"], 0, False, True
    params.fit_params, params.ctx_shift, params.n_parallel, params.verbosity = False, False, 1, 1
    threads = wanted.pop("threads", 1)
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    for name, value in wanted.items():
        *path, last = name.split(".")
        owner: Any = params
        for part in path:
            owner = getattr(owner, part)
        setattr(owner, last, value)
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
