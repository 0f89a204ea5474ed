"""The file store with a bucket behind it, at a real server that speaks S3."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from learncraft.courses import bucket, files
from learncraft.settings import Settings
from learncraft.supervisor import diagnosis
from learncraft.supervisor.diagnosis import Health
from tests.web.conftest import Site
from tests.web.test_uploads import PNG, Room


@pytest.fixture
def service() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def test_bytes_are_in_the_bucket_and_served_from_it_by_any_server(make_site: Callable[..., Site], service: str) -> None:
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    s3 = boto3.client("s3", endpoint_url=service, **keys)
    s3.create_bucket(Bucket="courses")
    site = make_site(
        files_bucket="courses",
        files_bucket_url=service,
        files_bucket_region="us-east-1",
        files_bucket_key="key",
        files_bucket_secret="secret",
    )
    bucket.stand_behind(site.settings)
    room = Room(site)
    room.send(room.begin().json()["id"], PNG, 0)
    [row] = room.rows()
    assert row.storage_provider == "s3"
    assert diagnosis._files(site.settings)[0] == Health.OK
    assert s3.get_object(Bucket="courses", Key=row.storage_path)["Body"].read() == PNG

    folder = site.settings.files_dir
    assert files.forget_copies(folder, older_than=time.time() + 60) == 1  # as on another server
    client = room.teacher.client
    assert client.get(row.file_url).content == PNG
    part = client.get(row.file_url, headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, PNG[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(PNG)}"
    assert client.get(row.file_url, headers={"range": "bytes=999999-"}).status_code == 416
    assert client.get(row.file_url, headers={"if-none-match": part.headers["etag"]}).status_code == 304
    assert files.copy_of(folder, row.storage_path) is None
    assert files.path_of(folder, row.storage_path).read_bytes() == PNG  # what a job reads is brought here

    with site.database.transaction() as session:
        session.delete(session.merge(row))
        session.flush()
        assert files.forget_bytes(session, folder, hashlib.sha256(PNG).hexdigest())
    assert "Contents" not in s3.list_objects_v2(Bucket="courses")


def test_a_bucket_that_does_not_answer_is_said_in_words_and_the_upload_waits(make_site: Callable[..., Site]) -> None:
    away = {"files_bucket": "courses", "files_bucket_url": "http://127.0.0.1:9", "files_bucket_key": "k"}
    site = make_site(**away, files_bucket_secret="s", files_bucket_region="us-east-1")
    bucket.stand_behind(site.settings)
    room = Room(site)
    upload = room.begin().json()["id"]
    refused = room.send(upload, PNG, 0)
    assert refused.status_code == 503
    assert diagnosis._files(site.settings)[0] == Health.FAIL
    assert "does not answer" in refused.json()["words"]
    assert room.teacher.client.get(f"/uploads/{upload}").json()["received"] == len(PNG)
    bucket.stand_behind(Settings(home=site.settings.home, _env_file=None))  # type: ignore[call-arg]
    assert room.send(upload, b"", len(PNG)).json()["state"] == "kept"
