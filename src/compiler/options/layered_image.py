"""Flyte 2's images: a base and layers on it, each step a new value. A recipe: drawloom names images and builds none.

`uri` is where a built image would be: `[registry/]name:tag`, the tag being a digest of the base, of the layers in order and
of the content of the files that they name. So one recipe has one name in every process, and a changed file another one.
Files are read when the name is asked for, not when the recipe is written: a module may be imported where they are absent.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from compiler.errors import OptionError
from compiler.options.dockerfile import write_dockerfile
from compiler.options.image_layers import (
    AptPackages,
    Architecture,
    Commands,
    InstallMode,
    Layer,
    PipPackages,
    Platforms,
    SecretMounts,
    file_digest,
    given_options,
    pip_options,
    platforms_of,
    secret_names,
    secret_of,
    texts,
)
from compiler.options.option_kinds import ImageRecipe
from compiler.options.security import Secret
from literals import preview

DEFAULT_NAME = "drawloom"
_INSTALL_MODES = ("dependencies_only", "install_project")


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Recipe(ImageRecipe):
    base_image: str | None = None
    dockerfile: Path | None = None
    registry: str | None = None
    name: str | None = None
    platform: tuple[Architecture, ...] = ("linux/amd64",)
    python_version: tuple[int, int] = sys.version_info[:2]
    extendable: bool = False
    layers: tuple[Layer, ...] = ()
    registry_secret: Secret | None = None
    reference: str | None = None
    """A name to be looked up in the configuration, instead of a recipe."""
    as_is: bool = False
    """The base itself, nothing added: its name is the image's name."""


class Image(_Recipe):
    """An image's recipe. Begin with a `from_...`, continue with `with_...`; each step gives a new value.

    Raises:
        OptionError: made by its constructor; steps onto an image that takes none; wrong kinds of values.
    """

    def __init__(self, *, _made: bool = False, **fields: Any) -> None:
        if not _made:
            raise OptionError(
                "an image is made by a step",
                where="Image",
                expected="a class method, such as Image.from_base('name')",
                got="Image(...)",
                fix="begin with Image.from_debian_base()",
            )
        super().__init__(**fields)

    @classmethod
    def from_debian_base(  # noqa: PLR0917 - Flyte's signature
        cls,
        python_version: tuple[int, int] | None = None,
        flyte_version: str | None = None,
        install_flyte: bool = True,  # noqa: FBT001, FBT002 - Flyte's signature
        registry: str | None = None,
        registry_secret: str | Secret | None = None,
        name: str | None = None,
        platform: Platforms = None,
    ) -> Image:
        """Debian with Python, and with this package unless told otherwise. Python is the running one by default."""
        python = python_version if python_version is not None else sys.version_info[:2]
        if len(python) != 2 or [type(part) for part in python] != [int, int]:  # noqa: PLR2004 - major, minor
            raise OptionError(
                "a Python version is two numbers",
                where="Image.from_debian_base",
                expected="(3, 12)",
                got=preview(python),
                fix="write python_version=(3, 12)",
            )
        layers = (Layer("drawloom", given_options(version=flyte_version)),) if install_flyte else ()
        return cls(
            _made=True,
            base_image=f"python:{python[0]}.{python[1]}-slim-bookworm",
            python_version=python,
            registry=registry,
            registry_secret=secret_of(registry_secret),
            name=name or DEFAULT_NAME,
            platform=platforms_of(platform),
            extendable=True,
            layers=layers,
        )

    @classmethod
    def from_base(cls, image_uri: str) -> Image:
        """An image that exists. It takes layers after `clone(name=..., extendable=True)`."""
        return cls(_made=True, base_image=image_uri, as_is=True)

    @classmethod
    def from_ref_name(cls, name: str = "default") -> Image:
        """The image that the configuration has under this name."""
        return cls(_made=True, name=name, reference=name)

    @classmethod
    def from_uv_script(
        cls,
        script: Path | str,
        *,
        name: str,
        registry: str | None = None,
        registry_secret: str | Secret | None = None,
        python_version: tuple[int, int] | None = None,
        platform: Platforms = None,
        **pip: object,
    ) -> Image:
        """The dependencies that a script's `# /// script` header lists; options as for `with_pip_packages`."""
        made = cls.from_debian_base(
            python_version, registry=registry, registry_secret=registry_secret, name=name, platform=platform
        )
        return made.clone(addl_layer=Layer("uv_script", given_options(**pip_options(pip)), (Path(script),)))

    @classmethod
    def from_pixi_script(
        cls,
        script: Path | str,
        *,
        name: str,
        registry: str | None = None,
        registry_secret: str | Secret | None = None,
        environment: str = "default",
        extra_args: str | None = None,
        platform: Platforms = None,
        secret_mounts: SecretMounts = None,
    ) -> Image:
        """The dependencies that a script's pixi header lists."""
        made = cls.from_debian_base(registry=registry, registry_secret=registry_secret, name=name, platform=platform)
        options = given_options(environment=environment, extra_args=extra_args, secrets=secret_names(secret_mounts))
        return made.clone(addl_layer=Layer("pixi_script", options, (Path(script),)))

    @classmethod
    def from_dockerfile(cls, file: Path | str, registry: str, name: str, platform: Platforms = None) -> Image:
        """What a Dockerfile makes. It takes no layers: write them into the file."""
        return cls(_made=True, dockerfile=Path(file), registry=registry, name=name, platform=platforms_of(platform))

    def clone(  # noqa: PLR0917 - Flyte's signature
        self,
        registry: str | None = None,
        registry_secret: str | Secret | None = None,
        name: str | None = None,
        base_image: str | None = None,
        python_version: tuple[int, int] | None = None,
        addl_layer: Layer | None = None,
        extendable: bool | None = None,  # noqa: FBT001 - Flyte's signature
        platform: Platforms = None,
    ) -> Image:
        """The same recipe with other properties, and perhaps one more layer.

        Raises:
            OptionError: a layer is added to an image that takes none or has no name.
        """
        changes = given_options(
            registry=registry,
            registry_secret=secret_of(registry_secret),
            name=name,
            base_image=base_image,
            python_version=python_version,
            extendable=extendable,
            platform=platforms_of(platform) if platform is not None else None,
        )
        if addl_layer is None:
            return self._changed(as_is=False, **changes)
        self._check_extendable(addl_layer, name)
        return self._changed(as_is=False, layers=(*self.layers, addl_layer), **changes)

    def with_pip_packages(self, *packages: str, **pip: object) -> Image:
        """Install packages. `pip`: index_url, extra_index_urls, pre, extra_args, secret_mounts."""
        return self._with(PipPackages(packages, **pip))

    def with_requirements(self, file: str | Path, **pip: object) -> Image:
        """Install what a requirements file lists; options as for `with_pip_packages`.

        Raises:
            OptionError: the file's name does not end in .txt.
        """
        path = Path(file)
        if path.suffix != ".txt":
            raise OptionError(
                "no requirements file",
                where="Image.with_requirements",
                expected="a .txt file",
                got=str(file),
                fix="give the path of a requirements.txt that exists",
            )
        return self._with(Layer("requirements", given_options(**pip_options(pip)), (path,)))

    def with_uv_project(
        self,
        pyproject_file: str | Path,
        uvlock: Path | None = None,
        *,
        project_install_mode: InstallMode = "dependencies_only",
        **pip: object,
    ) -> Image:
        """Install a uv project's dependencies, or the project; options as for `with_pip_packages`."""
        return self._project(
            "uv_project", pyproject_file, uvlock, "uv.lock", mode=project_install_mode, options=pip_options(pip)
        )

    def with_poetry_project(
        self,
        pyproject_file: str | Path,
        poetry_lock: Path | None = None,
        extra_args: str | None = None,
        secret_mounts: SecretMounts = None,
        project_install_mode: InstallMode = "dependencies_only",
    ) -> Image:
        """Install a Poetry project's dependencies, or the project."""
        options = {"extra_args": extra_args, "secrets": secret_names(secret_mounts)}
        return self._project(
            "poetry", pyproject_file, poetry_lock, "poetry.lock", mode=project_install_mode, options=options
        )

    def with_pixi_project(  # noqa: PLR0917 - Flyte's signature
        self,
        manifest_file: str | Path,
        pixi_lock: Path | None = None,
        environment: str = "default",
        extra_args: str | None = None,
        secret_mounts: SecretMounts = None,
        project_install_mode: InstallMode = "dependencies_only",
    ) -> Image:
        """Install a pixi project's dependencies, or the project."""
        options = {"environment": environment, "extra_args": extra_args, "secrets": secret_names(secret_mounts)}
        return self._project("pixi", manifest_file, pixi_lock, "pixi.lock", mode=project_install_mode, options=options)

    def with_apt_packages(self, *packages: str, secret_mounts: SecretMounts = None) -> Image:
        """Install packages of the distribution."""
        return self._with(AptPackages(packages, secret_mounts))

    def with_commands(self, commands: Iterable[str], secret_mounts: SecretMounts = None) -> Image:
        """Run shell commands, in order."""
        return self._with(Commands(commands, secret_mounts))

    def with_env_vars(self, env_vars: Mapping[str, str]) -> Image:
        """Set environment variables."""
        for name, value in env_vars.items():
            if not isinstance(name, str) or not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers
                raise OptionError(
                    "environment variables are texts",
                    where=f"Image.with_env_vars[{preview(name)}]",
                    expected="text",
                    got=preview(value),
                    fix="write str(...) around the value",
                )
        return self._with(Layer("env", dict(env_vars)))

    def with_workdir(self, workdir: str) -> Image:
        """Set the working folder."""
        return self._with(Layer("workdir", {"path": workdir}))

    def with_source_folder(self, src: Path, dst: str = ".", copy_contents_only: bool = False) -> Image:  # noqa: FBT001, FBT002 - Flyte's signature
        """Copy a folder, or only what is in it."""
        folder = Path(src)
        place = f"./{folder.name}" if dst == "." and not copy_contents_only else dst
        return self._with(Layer("folder", {"to": place}, (folder,)))

    def with_source_file(self, src: Path | list[Path], dst: str = ".") -> Image:
        """Copy a file, or several.

        Raises:
            OptionError: two files of one name would overwrite each other.
        """
        files = [Path(file) for file in (src if isinstance(src, list) else [src])]
        names = [file.name for file in files]
        if double := sorted({name for name in names if names.count(name) > 1}):
            raise OptionError(
                "files of one name would overwrite each other",
                where="Image.with_source_file",
                expected="files of different names",
                got=", ".join(double),
                fix="copy their folder with with_source_folder, or rename one",
            )
        made = self
        for file in files:
            made = made.clone(addl_layer=Layer("file", {"to": dst}, (file,)))
        return made

    def with_code_bundle(
        self, copy_style: Literal["loaded_modules", "all"] = "loaded_modules", dst: str = "."
    ) -> Image:
        """Copy the code into the image where a run brings none (`copy_style="none"`)."""
        return self._with(Layer("code", {"copy_style": copy_style, "to": dst}))

    def with_dockerignore(self, path: Path | str) -> Image:
        """Leave out of copied folders what a `.dockerignore` names."""
        return self._with(Layer("dockerignore", {"path": str(path)}))

    def with_local_v2(self) -> Image:
        """Install this package as it is here, instead of a released one."""
        return self._with(Layer("drawloom", {"source": "local"}))

    def with_local_v2_plugins(self, plugins: str | list[str] | None = None) -> Image:
        """Install plugins as they are here."""
        return self._with(Layer("plugins", given_options(plugins=texts("plugins", plugins) or None)))

    def validate(self) -> None:
        """Read every file of the recipe.

        Raises:
            OptionError: a file is not there.
        """
        self._content()

    def write_dockerfile(self, folder: str | Path) -> Path:
        """Write the recipe and its files into an empty folder, for `docker build`. Raises `OptionError`."""
        return write_dockerfile(self, folder)

    @property
    def tag(self) -> str:
        """A digest of the recipe."""
        text = json.dumps(self._content(), sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @property
    def uri(self) -> str:
        """Where the built image would be.

        Raises:
            OptionError: there is no base, or no name, or a file of the recipe is not there.
        """
        if self.reference is not None and not self.layers:
            return f"{{{{.image.{self.reference}}}}}"
        if self.as_is:
            if not self.base_image:
                raise OptionError(
                    "an image has no base",
                    where="Image.from_base",
                    expected="the full name of an image",
                    got="no name",
                    fix="give its full name",
                )
            return self.base_image
        if not self.name:
            raise OptionError(
                "an image that was changed needs a name",
                where="Image.uri",
                expected="name='...'",
                got="no name",
                fix="clone(name=...)",
            )
        return f"{self.registry}/{self.name}:{self.tag}" if self.registry else f"{self.name}:{self.tag}"

    def image_name(self) -> str:
        """The same as `uri`."""
        return self.uri

    def _content(self) -> list[Any]:
        dockerfile = file_digest(self.dockerfile, "dockerfile") if self.dockerfile is not None else None
        return [self.base_image, dockerfile, [layer.content() for layer in self.layers]]

    def _changed(self, **changes: object) -> Image:
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return Image(_made=True, **{**fields, **changes})

    def _with(self, layer: Layer) -> Image:
        return self.clone(addl_layer=layer)

    def _check_extendable(self, layer: Layer, name: str | None) -> None:
        if self.dockerfile is not None:
            raise OptionError(
                f"a Dockerfile's image takes no layer ({layer.kind})",
                where="Image",
                expected="an image that begins with a base",
                got="an image that begins with a Dockerfile",
                fix="write the step into the file",
            )
        if not self.extendable:
            raise OptionError(
                f"this image takes no layer ({layer.kind})",
                where="Image",
                expected="an image with extendable=True",
                got="one without",
                fix="clone(name=..., extendable=True) first",
            )
        if not (name or self.name):
            raise OptionError(
                "an image with layers needs a name",
                where="Image",
                expected="name='...'",
                got="no name",
                fix="clone(name=...) first",
            )

    def _project(
        self,
        kind: str,
        manifest: str | Path,
        lock: Path | None,
        lock_name: str,
        *,
        mode: str,
        options: Mapping[str, Any],
    ) -> Image:
        if mode not in _INSTALL_MODES:
            raise OptionError(
                "unknown install mode",
                where=kind,
                expected=" or ".join(_INSTALL_MODES),
                got=preview(mode),
                fix="use one of these",
            )
        path = Path(manifest)
        beside = lock if lock is not None else path.parent / lock_name
        files = (path, Path(beside)) if lock is not None or beside.exists() else (path,)
        folder = (path.parent,) if mode == "install_project" else ()
        return self._with(Layer(kind, given_options(mode=mode, **options), (*files, *folder)))


LayeredImage = Image
"""The name beside the configuration's `Image`, which is another thing."""
