"""The loop against a real Label Studio: tasks imported, annotated through its REST interface, exported, read.

Run by ``make labelstudio-test``, which installs Label Studio into an environment of its own.
"""

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

import numpy as np
import pytest

from budgetseg.annotate.errors import PERFECT
from budgetseg.costs.book import load_book
from budgetseg.data.open import open_dataset
from budgetseg.labelling.campaign import Manner, make_campaign
from budgetseg.labelling.images import Places
from budgetseg.labelling.ingest import ingest
from budgetseg.labelling.label_studio_export import read_label_studio
from budgetseg.labelling.simulated import People, carry_out
from budgetseg.labelling.task_folder import write_tasks

TOKEN = "0123456789abcdef0123456789abcdef01234567"
STARTS_WITHIN_SECONDS = 2400  # a minute on an idle machine, many on a busy one


@pytest.fixture(scope="module")
def program():
    name = os.environ.get("BUDGETSEG_LABEL_STUDIO")
    if not name:
        pytest.skip("needs a Label Studio of its own: make labelstudio-test")
    return name


class Server:
    """Label Studio under way."""

    def __init__(self, program, root, data):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        surroundings = os.environ | {
            "LABEL_STUDIO_BASE_DATA_DIR": str(data),
            "LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED": "true",
            "LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT": str(root),
            "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
            "COLLECT_ANALYTICS": "false",
            "LATEST_VERSION_CHECK": "false",
        }
        surroundings.pop("PYTHONPATH", None)
        person = ["--username", "someone@example.com", "--password", "a-long-password", "--user-token", TOKEN]
        command = [program, "start", "--no-browser", "--port", str(port), "--data-dir", str(data), *person]
        self.log = data / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, env=surroundings, stdout=log, stderr=log, cwd=data)

    def wait(self):
        until = time.monotonic() + STARTS_WITHIN_SECONDS
        while time.monotonic() < until:
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            try:
                return self.call("GET", "/api/projects")
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(2)
        raise AssertionError("Label Studio did not start: " + self.log.read_text()[-2000:])

    def raw(self, method, path, document=None):
        body = None if document is None else json.dumps(document).encode()
        head = {"Authorization": f"Token {TOKEN}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.address + path, data=body, method=method, headers=head)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.read()

    def call(self, method, path, document=None):
        content = self.raw(method, path, document)
        return json.loads(content) if content else None

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.mark.labelstudio
@pytest.mark.timeout(4800)
def test_a_campaign_goes_through_a_real_server(program, photo_folder, tmp_path, plan_of):
    dataset, book = open_dataset(str(photo_folder)), load_book("voc2012")
    plan = plan_of({"image": 3, "point": 5, "allpoints": 2, "squiggle": 3, "box": 3, "full": 3})
    manner = Manner(batch=10, controls=2, places=Places(how="copy"))
    campaign = make_campaign(plan, str(photo_folder), (), manner, book=book, held={})
    folder = tmp_path / "tasks"
    write_tasks(campaign, folder)
    expected = carry_out(folder, dataset, book, People(count=1, errors=PERFECT))
    (tmp_path / "data").mkdir()
    server = Server(program, folder, tmp_path / "data")
    try:
        server.wait()
        exports = [_carried_out(server, below.parent, folder, expected) for below in sorted(folder.rglob("tasks.json"))]
    finally:
        server.stop()
    paths = []
    for number, content in enumerate(exports):
        paths.append(tmp_path / f"export{number}.json")
        paths[-1].write_bytes(content)
    (tmp_path / "expected.json").write_text(json.dumps(expected))
    got = ingest((entry for path in paths for entry in read_label_studio(path)), controls=campaign.controls)
    wanted = ingest(read_label_studio(tmp_path / "expected.json"), controls=campaign.controls)
    assert not got.rejects
    assert got.annotations.classes == wanted.annotations.classes
    assert got.annotations.annotations.keys() == wanted.annotations.annotations.keys()
    for image_id, want in wanted.annotations.annotations.items():
        have = got.annotations.annotations[image_id]
        assert (have.kind, have.present, have.boxes) == (want.kind, want.present, want.boxes)
        assert [(c.cls, c.x, c.y, c.rank) for c in have.clicks] == [(c.cls, c.x, c.y, c.rank) for c in want.clicks]
        assert [(s.cls, s.points) for s in have.strokes] == [(s.cls, s.points) for s in want.strokes]
        assert (have.mask_HW is None) == (want.mask_HW is None)
        if want.mask_HW is not None:
            np.testing.assert_array_equal(have.mask_HW, want.mask_HW)
        assert have.seconds == pytest.approx(want.seconds)
    counted = [{k: v for k, v in row.items() if k.startswith("n_") or k == "image_id"} for row in got.timings]
    meant = [{k: v for k, v in row.items() if k.startswith("n_") or k == "image_id"} for row in wanted.timings]
    assert sorted(map(str, counted)) == sorted(map(str, meant))
    assert not any(row["is_update"] or row["skipped"] or row["from_prediction"] for row in got.timings)


def _carried_out(server, below, folder, expected):
    """Import a question's tasks, annotate each as the simulated person did, and return the export."""
    config = (below / "config.xml").read_text()
    server.raw("POST", "/api/projects/validate", {"label_config": config})
    project = server.call("POST", "/api/projects", {"title": below.name, "label_config": config})["id"]
    storage = {"project": project, "path": str(folder / "images"), "use_blob_urls": True, "regex_filter": ".*png"}
    server.call("POST", "/api/storages/localfiles", storage)
    tasks = json.loads((below / "tasks.json").read_text())
    answer = server.call("POST", f"/api/projects/{project}/import?return_task_ids=1", tasks)
    assert answer["task_count"] == len(tasks)
    for task_id, task in zip(answer["task_ids"], tasks, strict=True):
        picture = server.raw("GET", task["data"]["image"])
        assert picture == (folder / urllib.parse.unquote(task["data"]["image"].partition("?d=")[2])).read_bytes()
        done = next(each for each in expected if each["data"] == task["data"])["annotations"][0]
        body = {"result": done["result"], "lead_time": done["lead_time"]}
        server.call("POST", f"/api/tasks/{task_id}/annotations/", body)
    return server.raw("GET", f"/api/projects/{project}/export?exportType=JSON")
