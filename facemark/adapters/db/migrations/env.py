"""Run by Alembic with the connection that migrate.py opened; there is no offline mode."""

from alembic import context

from facemark.adapters.db.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
