"""A Flyte 1 platform in a process of its own: flyteidl's servicers over gRPC, a store and a giver of tokens over HTTP.

It validates by the rules of `flyte1`, answers to a second registration as flyteadmin does, runs what is executed with
drawloom's interpreter from the registered messages, and has faults that are asked for: the first argument is JSON, of each
method the faults of its first calls (`unavailable`, `slow`, `lost`: done, but the answer is cut off; ""), and `"token": n`
for tokens that are good for n calls. It prints its ports, gRPC's first.
"""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import pathlib
import socket
import sys
import tempfile
import threading
import time
import urllib.parse
from concurrent import futures

import grpc
from flyteidl.admin import (
    execution_pb2,
    launch_plan_pb2,
    node_execution_pb2,
    project_pb2,
    signal_pb2,
    task_pb2,
    workflow_pb2,
)
from flyteidl.core import execution_pb2 as core_execution
from flyteidl.service import admin_pb2_grpc, auth_pb2, auth_pb2_grpc, dataproxy_pb2, dataproxy_pb2_grpc, signal_pb2_grpc

from drawloom import ir
from drawloom.interpreter import RunOptions, load, run
from literals import pb

FAULTS = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
TOKEN_CALLS = FAULTS.pop("token", None)
KINDS = {"task": (1, pb.TaskSpec), "workflow": (2, pb.WorkflowSpec), "launch plan": (3, pb.LaunchPlan)}
PHASES = core_execution.WorkflowExecution
tokens: dict[str, int] = {}
challenges: dict[str, str] = {}
calls: list[str] = []


def ours(message, cls):
    return cls.FromString(message.SerializeToString())


def fault(context, method):
    """Count the call, and fail as it was asked for; True if the answer is to be lost once the work is done."""
    calls.append(method)
    if TOKEN_CALLS is not None:
        given = dict(context.invocation_metadata()).get("flyte-authorization", "").removeprefix("Bearer ")
        if tokens.get(given, 0) < 1:
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "token parse error or expired")
        tokens[given] -= 1
    what = FAULTS[method].pop(0) if FAULTS.get(method) else ""
    if what == "unavailable":
        context.abort(grpc.StatusCode.UNAVAILABLE, "the platform restarts")
    if what == "slow":
        time.sleep(2)
    return what == "lost"


def gates(message):
    return any(node.HasField("gate_node") for node in message.template.nodes)


class Waiting:
    """The signals of an execution, as its gates ask for them."""

    def __init__(self, state):
        self.signals = state["signals"]

    def poll(self, request):
        kind = request.type or pb.LiteralType(simple=pb.SimpleType.BOOLEAN)
        signal = self.signals.setdefault(request.signal, {"type": kind, "value": None})
        if signal["value"] is None:
            return None
        literal = pb.Literal.FromString(signal["value"])
        return literal.scalar.primitive.boolean if request.kind == "approve" else signal["value"]


class Signals(signal_pb2_grpc.SignalServiceServicer):
    def found(self, identifier, context):
        if identifier.name not in admin.executions:
            context.abort(grpc.StatusCode.NOT_FOUND, "missing execution")
        return admin.executions[identifier.name]["signals"]

    def ListSignals(self, request, context):
        fault(context, "ListSignals")
        made = signal_pb2.SignalList()
        for name, signal in self.found(request.workflow_execution_id, context).items():
            each = made.signals.add()
            each.id.signal_id = name
            each.id.execution_id.CopyFrom(request.workflow_execution_id)
            each.type.ParseFromString(signal["type"].SerializeToString())
            if signal["value"] is not None:
                each.value.ParseFromString(signal["value"])
        return made

    def SetSignal(self, request, context):
        lost = fault(context, "SetSignal")
        signals = self.found(request.id.execution_id, context)
        if request.id.signal_id not in signals:
            context.abort(grpc.StatusCode.NOT_FOUND, "entry not found")
        signals[request.id.signal_id]["value"] = request.value.SerializeToString()
        if lost:
            context.abort(grpc.StatusCode.UNAVAILABLE, "the connection was cut")
        return signal_pb2.SignalSetResponse()


class Admin(admin_pb2_grpc.AdminServiceServicer):
    def __init__(self):
        self.entities = {}
        self.executions = {}
        self.active = {}

    def create(self, kind, method, request, context, message):
        lost = fault(context, method)
        identifier = request.id
        for part in ("project", "domain", "name", "version"):
            if not getattr(identifier, part):
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"missing {part}")
        known = [each for each, _ in self.entities.values()]
        problems = ir.verify_for("flyte1", *known, message)
        refused = [each for each in problems if ir.refuses("flyte1", each)]
        if refused:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "\n".join(map(str, refused)))
        data = message.SerializeToString(deterministic=True)
        key = kind, identifier.project, identifier.domain, identifier.name, identifier.version
        if key in self.entities:
            old = self.entities[key][0]
            if old.SerializeToString(deterministic=True) == data:
                context.abort(grpc.StatusCode.ALREADY_EXISTS, f"{kind} with identical structure already exists")
            context.abort(
                grpc.StatusCode.INVALID_ARGUMENT,
                f"{identifier.name} {kind} with different structure already exists. (Please register a new version of the {kind}):\n"
                f"/template:\n\t- {str(old)[:40]} \n\t+ {str(message)[:40]}",
            )
        self.entities[key] = message, len(self.entities)
        if lost:
            context.abort(grpc.StatusCode.UNAVAILABLE, "the connection was cut")

    def CreateTask(self, request, context):
        self.create("task", "CreateTask", request, context, ours(request.spec, pb.TaskSpec))
        return task_pb2.TaskCreateResponse()

    def CreateWorkflow(self, request, context):
        self.create("workflow", "CreateWorkflow", request, context, ours(request.spec, pb.WorkflowSpec))
        return workflow_pb2.WorkflowCreateResponse()

    def CreateLaunchPlan(self, request, context):
        plan = ours(launch_plan_pb2.LaunchPlan(id=request.id, spec=request.spec), pb.LaunchPlan)
        self.create("launch plan", "CreateLaunchPlan", request, context, plan)
        return launch_plan_pb2.LaunchPlanCreateResponse()

    def find(self, kind, identifier, context):
        fault(context, f"Get {kind}")
        key = kind, identifier.project, identifier.domain, identifier.name, identifier.version
        if key not in self.entities:
            context.abort(grpc.StatusCode.NOT_FOUND, f"entry not found for {identifier.name}")
        return self.answer(kind, self.entities[key][0])

    def answer(self, kind, message):
        if kind == "task":
            made = task_pb2.Task()
            made.id.ParseFromString(message.template.id.SerializeToString())
            made.closure.compiled_task.template.ParseFromString(message.template.SerializeToString())
        elif kind == "workflow":
            made = workflow_pb2.Workflow()
            made.id.ParseFromString(message.template.id.SerializeToString())
            made.closure.compiled_workflow.primary.template.ParseFromString(message.template.SerializeToString())
        else:
            made = launch_plan_pb2.LaunchPlan.FromString(message.SerializeToString())
            made.closure.expected_inputs.CopyFrom(made.spec.default_inputs)
            its = message.spec.workflow_id
            workflow = self.entities.get(("workflow", its.project, its.domain, its.name, its.version))
            if workflow is not None:
                outputs = workflow[0].template.interface.outputs
                made.closure.expected_outputs.ParseFromString(outputs.SerializeToString())
        return made

    def GetTask(self, request, context):
        return self.find("task", request.id, context)

    def GetWorkflow(self, request, context):
        return self.find("workflow", request.id, context)

    def GetLaunchPlan(self, request, context):
        return self.find("launch plan", request.id, context)

    def UpdateLaunchPlan(self, request, context):
        fault(context, "UpdateLaunchPlan")
        self.find("launch plan", request.id, context)
        named = request.id.project, request.id.domain, request.id.name
        if request.state == launch_plan_pb2.ACTIVE:
            self.active[named] = request.id
        elif self.active.get(named) == request.id:
            del self.active[named]
        return launch_plan_pb2.LaunchPlanUpdateResponse()

    def GetActiveLaunchPlan(self, request, context):
        found = self.active.get((request.id.project, request.id.domain, request.id.name))
        if found is None:
            context.abort(grpc.StatusCode.NOT_FOUND, "No active launch plan could be found")
        return self.find("launch plan", found, context)

    def ListProjects(self, request, context):
        fault(context, "ListProjects")
        domains = [project_pb2.Domain(id="d", name="Development"), project_pb2.Domain(id="e", name="E")]
        one = project_pb2.Project(id="p", name="The project", domains=domains, description="of tests")
        return project_pb2.Projects(projects=[one])

    def GetDomains(self, request, context):
        return project_pb2.GetDomainsResponse(domains=[project_pb2.Domain(id="d"), project_pb2.Domain(id="e")])

    def listed(self, kind, request, context):
        fault(context, f"List {kind}")
        version = request.filters.rpartition(",")[2].rstrip(")")
        found = [
            (number, message)
            for (its, project, domain, name, its_version), (message, number) in self.entities.items()
            if (its, project, domain) == (kind, request.id.project, request.id.domain)
            and request.id.name in ("", name)
            and version in ("", its_version)
        ]
        found.sort(key=lambda pair: -pair[0])
        return [self.answer(kind, message) for _, message in found[: request.limit]]

    def ListTasks(self, request, context):
        return task_pb2.TaskList(tasks=self.listed("task", request, context))

    def ListWorkflows(self, request, context):
        return workflow_pb2.WorkflowList(workflows=self.listed("workflow", request, context))

    def ListLaunchPlans(self, request, context):
        return launch_plan_pb2.LaunchPlanList(launch_plans=self.listed("launch plan", request, context))

    def CreateExecution(self, request, context):
        lost = fault(context, "CreateExecution")
        if request.name in self.executions:
            context.abort(grpc.StatusCode.ALREADY_EXISTS, "execution already exists")
        wanted = request.spec.launch_plan
        kind = {1: "task", 3: "launch plan"}[wanted.resource_type]
        if (kind, wanted.project, wanted.domain, wanted.name, wanted.version) not in self.entities:
            context.abort(grpc.StatusCode.NOT_FOUND, "missing entity of the execution")
        self.executions[request.name] = {
            "signals": {},
            "request": request,
            "polls": 0,
            "phase": PHASES.RUNNING,
            "error": "",
            "outputs": {},
        }
        if lost:
            context.abort(grpc.StatusCode.UNAVAILABLE, "the connection was cut")
        made = execution_pb2.ExecutionCreateResponse()
        made.id.project, made.id.domain, made.id.name = request.project, request.domain, request.name
        return made

    def execution(self, identifier, context):
        if identifier.name not in self.executions:
            context.abort(grpc.StatusCode.NOT_FOUND, "missing execution")
        return self.executions[identifier.name]

    def run(self, state):
        """Run it from the registered messages, as they are."""
        wanted = state["request"].spec.launch_plan
        versions = {wanted.version}
        for (kind, *_, version), (message, _) in self.entities.items():
            if kind == "workflow" and version == wanted.version:
                versions.update(each.version for each in ir.all_references(message.template))
        with tempfile.TemporaryDirectory() as folder:
            for (kind, _, _, name, version), (message, number) in self.entities.items():
                if version in versions:
                    file = f"{number:03}_{name}_{KINDS[kind][0]}.pb"
                    pathlib.Path(folder, file).write_bytes(message.SerializeToString())
            program = load(pathlib.Path(folder))
        entity = next(
            key
            for key in program.keys()
            if (key.name, key.version) == (wanted.name, wanted.version)
            and (wanted.resource_type == 1) == (key.kind == "task")
        )
        inputs = {name: literal.SerializeToString() for name, literal in state["request"].inputs.literals.items()}
        options = RunOptions(
            overwrite_cache=state["request"].spec.overwrite_cache, raise_errors=False, signals=Waiting(state)
        )
        result = run(program, inputs, entity=entity, options=options)
        if result.failure is not None:
            state["phase"], state["error"] = PHASES.FAILED, str(result.failure.raisable())
        else:
            state["phase"], state["outputs"] = PHASES.SUCCEEDED, result.outputs

    def GetExecution(self, request, context):
        fault(context, "GetExecution")
        state = self.execution(request.id, context)
        state["polls"] += 1
        if state["polls"] == 2 and state["phase"] == PHASES.RUNNING:
            if any(key[0] == "workflow" and gates(message) for key, (message, _) in self.entities.items()):
                threading.Thread(target=self.run, args=(state,), daemon=True).start()
            else:
                self.run(state)
        return self.shown(state)

    def shown(self, state):
        made = execution_pb2.Execution()
        given = state["request"]
        made.id.project, made.id.domain, made.id.name = given.project, given.domain, given.name
        made.closure.phase = state["phase"]
        if state["phase"] == PHASES.FAILED:
            made.closure.error.message = state["error"]
        if state["phase"] == PHASES.ABORTED:
            made.closure.abort_metadata.cause = state["error"]
        return made

    def GetExecutionData(self, request, context):
        fault(context, "GetExecutionData")
        state = self.execution(request.id, context)
        made = execution_pb2.WorkflowExecutionGetDataResponse()
        made.full_inputs.CopyFrom(state["request"].inputs)
        for name, data in state["outputs"].items():
            made.full_outputs.literals[name].ParseFromString(data)
        return made

    def ListNodeExecutions(self, request, context):
        fault(context, "ListNodeExecutions")
        state = self.execution(request.workflow_execution_id, context)
        made = node_execution_pb2.NodeExecutionList()
        names = ("start-node", "n0")
        at = int(request.token or "0")
        each = made.node_executions.add()
        each.id.node_id = names[at]
        each.closure.phase = 3 if state["phase"] == PHASES.SUCCEEDED else 2
        made.token = "1" if at == 0 else ""
        return made

    def ListExecutions(self, request, context):
        fault(context, "ListExecutions")
        found = [self.shown(state) for state in reversed(self.executions.values())]
        return execution_pb2.ExecutionList(executions=found[: request.limit])

    def TerminateExecution(self, request, context):
        fault(context, "TerminateExecution")
        state = self.execution(request.id, context)
        state["phase"], state["error"] = PHASES.ABORTED, request.cause
        return execution_pb2.ExecutionTerminateResponse()


class Auth(auth_pb2_grpc.AuthMetadataServiceServicer):
    def GetPublicClientConfig(self, request, context):
        with socket.socket() as free:
            free.bind(("localhost", 0))
            back = f"http://localhost:{free.getsockname()[1]}/callback"
        return auth_pb2.PublicClientAuthConfigResponse(
            client_id="flytectl", redirect_uri=back, scopes=["all"], authorization_metadata_key="flyte-authorization"
        )

    def GetOAuth2Metadata(self, request, context):
        at = f"http://127.0.0.1:{store.server_port}"
        return auth_pb2.OAuth2MetadataResponse(token_endpoint=f"{at}/token", authorization_endpoint=f"{at}/authorize")


class Data(dataproxy_pb2_grpc.DataProxyServiceServicer):
    def CreateUploadLocation(self, request, context):
        fault(context, "CreateUploadLocation")
        path = f"{request.project}/{request.domain}/{request.content_md5.hex()}/{request.filename}"
        md5 = base64.b64encode(request.content_md5).decode()
        return dataproxy_pb2.CreateUploadLocationResponse(
            signed_url=f"http://127.0.0.1:{store.server_port}/{path}?signature={urllib.parse.quote(md5)}",
            native_url=f"s3://store/{path}",
            headers={"x-amz-meta-flyteContentMD5": md5},
        )

    def GetData(self, request, context):
        fault(context, "GetData")
        made = dataproxy_pb2.GetDataResponse()
        _, _, _, _, _, name, _, which = request.flyte_url.split("/")
        for variable, data in admin.executions[name]["outputs"].items() if which == "o" else ():
            made.literal_map.literals[variable].ParseFromString(data)
        if which == "d":
            made.pre_signed_urls.signed_url.append("http://deck")
        return made


class Store(http.server.BaseHTTPRequestHandler):
    files: dict[str, bytes] = {}

    def do_PUT(self):
        data = self.rfile.read(int(self.headers["Content-Length"]))
        md5 = base64.b64encode(hashlib.md5(data).digest()).decode()
        signed = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)["signature"][0]
        same = self.headers["Content-MD5"] == self.headers["x-amz-meta-flyteContentMD5"] == md5 == signed
        self.files[urllib.parse.urlsplit(self.path).path] = data
        self.send_response(200 if same else 403)
        self.end_headers()

    def do_POST(self):
        body = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if body["grant_type"] == ["client_credentials"]:
            who = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
            good = who == "me:secret" and body["scope"] == ["all"]
        else:
            digest = hashlib.sha256(body["code_verifier"][0].encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            good = body["client_id"] == ["flytectl"] and challenges.pop(body["code"][0], "") == challenge
        token = f"token-{len(tokens)}"
        if good:
            tokens[token] = TOKEN_CALLS
        answer = {"access_token": token, "token_type": "Bearer"} if good else {"error": "invalid_client"}
        self.send_response(200 if good else 401)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def authorize(self, asked):
        """The page where the user logs in: this one lets everybody in, but for those who ask with the scope `none`."""
        code = f"code-{len(challenges)}"
        if asked["code_challenge_method"] == ["S256"] and asked["response_type"] == ["code"]:
            challenges[code] = asked["code_challenge"][0]
        answer = {"state": asked["state"][0], "code": code}
        if asked["scope"] == ["none"]:
            answer = {"state": asked["state"][0], "error": "access_denied"}
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri'][0]}?{urllib.parse.urlencode(answer)}")
        self.end_headers()

    def do_GET(self):
        asked = urllib.parse.urlsplit(self.path)
        if asked.path == "/authorize":
            self.authorize(urllib.parse.parse_qs(asked.query))
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"calls": calls, "files": {k: len(v) for k, v in self.files.items()}}).encode())

    def log_message(self, *_):
        pass


store = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Store)
threading.Thread(target=store.serve_forever, daemon=True).start()
server = grpc.server(futures.ThreadPoolExecutor(4))
admin = Admin()
admin_pb2_grpc.add_AdminServiceServicer_to_server(admin, server)
signal_pb2_grpc.add_SignalServiceServicer_to_server(Signals(), server)
auth_pb2_grpc.add_AuthMetadataServiceServicer_to_server(Auth(), server)
dataproxy_pb2_grpc.add_DataProxyServiceServicer_to_server(Data(), server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, store.server_port, flush=True)
server.wait_for_termination()
