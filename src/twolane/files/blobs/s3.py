"""Blobs in a bucket of a server that speaks S3, through MinIO's client, which is imported here alone."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import unquote, urlsplit

from twolane.errors import BlobsError, NotFoundError, SettingsError
from twolane.files.blobs.base import Entry
from twolane.installed import install_line

if TYPE_CHECKING:
    from minio import Minio

_PART_BYTES = 10 * 1024 * 1024  # of a large file, at once in memory
_TIMEOUT_S = 30.0
_NOT_FOUND = {"NoSuchKey", "NotFound"}


class S3Blobs:
    """Obeys `twolane.files.blobs.base.Blobs` in one bucket.

    The address is `s3://ACCESS:SECRET@HOST/BUCKET/PREFIX`, or `s3+http://` where there is no TLS.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        bucket, _, prefix = parts.path.strip("/").partition("/")
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/{bucket}"
        self._client = _open(url)

    def prepare(self) -> None:
        with self._asking(self._bucket) as client:
            if not client.bucket_exists(self._bucket):
                client.make_bucket(self._bucket)

    def put(self, name: str, file: BinaryIO) -> None:
        size_bytes = file.seek(0, os.SEEK_END)
        file.seek(0)
        with self._asking(name) as client:
            client.put_object(
                self._bucket,
                self._prefix + name,
                file,
                size_bytes,
                part_size=_PART_BYTES,
                num_parallel_uploads=1,
            )

    def write(self, name: str, text: str) -> None:
        data = text.encode()
        with self._asking(name) as client:
            client.put_object(self._bucket, self._prefix + name, BytesIO(data), len(data))

    def get(self, name: str, to: Path) -> None:
        with self._asking(name) as client:
            client.fget_object(self._bucket, self._prefix + name, str(to))

    def read(self, name: str) -> str:
        with self._asking(name) as client:
            response = client.get_object(self._bucket, self._prefix + name)
            try:
                text: str = response.data.decode()
            finally:
                response.close()
                response.release_conn()
        return text

    def has(self, name: str) -> bool:
        try:
            with self._asking(name) as client:
                client.stat_object(self._bucket, self._prefix + name)
        except NotFoundError:
            return False
        return True

    def entries(self, folder: str) -> Iterator[Entry]:
        now = datetime.now(UTC)
        with self._asking(folder) as client:
            prefix = f"{self._prefix}{folder}/"
            for found in client.list_objects(self._bucket, prefix=prefix, recursive=True):
                written = found.last_modified or now
                yield Entry(str(found.object_name)[len(self._prefix) :], (now - written).total_seconds())

    def delete(self, names: Sequence[str]) -> None:
        for name in names:
            with contextlib.suppress(NotFoundError), self._asking(name) as client:
                client.remove_object(self._bucket, self._prefix + name)

    def close(self) -> None:
        """Close the client's connections."""
        self._client._http.clear()  # the client has no public way

    @contextlib.contextmanager
    def _asking(self, name: str) -> Iterator[Minio]:
        from minio.error import MinioException, S3Error
        from urllib3.exceptions import HTTPError

        try:
            yield self._client
        except S3Error as error:
            if error.code in _NOT_FOUND:
                raise NotFoundError(f"there is no blob {name}", "add the file again") from None
            raise self._unusable(error) from error
        except (MinioException, HTTPError) as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> BlobsError:
        what = str(error).partition("\n")[0][:200]
        return BlobsError(
            f"the blob area {self._shown} cannot be used: {what}", "check that its server runs, and blobs_url"
        )


def _open(url: str) -> Minio:
    try:
        import urllib3
        from minio import Minio
    except ImportError:
        raise SettingsError(
            "blobs_url names an S3 server, and its client is not installed", f"run: {install_line('s3')}"
        ) from None
    parts = urlsplit(url)
    return Minio(
        parts.netloc.rpartition("@")[2],
        access_key=unquote(parts.username or ""),
        secret_key=unquote(parts.password or ""),
        secure=parts.scheme == "s3",
        region="us-east-1",  # without one it would first ask for the bucket's
        http_client=urllib3.PoolManager(
            timeout=urllib3.Timeout(_TIMEOUT_S), maxsize=16, retries=urllib3.Retry(2, backoff_factor=0.2)
        ),
    )
