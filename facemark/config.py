"""Settings, read once from the environment; every variable starts with FACEMARK_."""

import sys
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from facemark.domain.errors import InvalidInput


def default_data_dir() -> Path:
    """Where this user's FaceMark keeps its data when FACEMARK_DATA does not say."""
    if sys.platform == "win32":
        return Path.home() / "AppData" / "Local" / "FaceMark"
    return Path.home() / ".local" / "share" / "facemark"


class Settings(BaseSettings):
    """What the IT person can set; docs/reference/settings.md lists each one."""

    model_config = SettingsConfigDict(env_prefix="FACEMARK_", extra="ignore")

    data: Path = Field(default_factory=default_data_dir)
    database_url: SecretStr | None = None
    institution: int | None = None
    demo: Literal["school", "company"] | None = None
    engine: Literal["opencv", "face_recognition"] = "opencv"
    threads: int = Field(default=2, ge=1, le=64)
    working_side: int = Field(default=640, ge=160, le=4096)
    target_fpir: float = Field(default=0.003, gt=0, lt=0.5)
    cool_down_s: float = Field(default=300.0, ge=0)
    host: str = "127.0.0.1"
    gate_port: int = Field(default=8600, ge=0, le=65535)
    dashboard_port: int = Field(default=8601, ge=0, le=65535)
    worker_interval_s: float = Field(default=5.0, gt=0)

    @property
    def url(self) -> str:
        """The database to use: the configured one, else the file in the data folder."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{(self.data / 'facemark.db').resolve().as_posix()}"

    @property
    def models_dir(self) -> Path:
        return self.data / "models"

    @property
    def logs_dir(self) -> Path:
        return self.data / "logs"

    @property
    def run_dir(self) -> Path:
        """What the processes of one start share; worthless once they have ended."""
        return self.data / "run"

    @property
    def access_token_path(self) -> Path:
        return self.run_dir / "access.token"

    @property
    def heartbeat_path(self) -> Path:
        return self.run_dir / "worker.heartbeat"

    @property
    def master_key_path(self) -> Path:
        return self.data / "keys" / "master.key"


def load_settings() -> Settings:
    """Raises InvalidInput `setting_invalid` naming the first variable that cannot be used."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = "FACEMARK_" + "_".join(str(part) for part in first["loc"]).upper()
        raise InvalidInput(
            "setting_invalid", f"{name}: {first['msg']}", "correct it in the environment"
        ) from error
