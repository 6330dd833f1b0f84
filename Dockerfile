# One image for all processes: web, live, workers, beat, migrations. Built in one stage, run from another.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /venv
COPY requirements/base.txt /tmp/base.txt
RUN /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r /tmp/base.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --create-home --uid 10001 pinboard
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PINBOARD_ENV=production
COPY --from=build /venv /venv
WORKDIR /app
COPY manage.py pyproject.toml schema.graphql ./
COPY config config
COPY pinboard pinboard
COPY apps apps
# Collecting static files reads settings, which want addresses; nobody is called there.
RUN SECRET_KEY=0123456789012345678901234567890123456789012345678901 ALLOWED_HOSTS=build \
    DATABASE_URL=postgresql://build@build/build CACHE_URL=redis://build CELERY_BROKER_URL=redis://build \
    EMAIL_FOLDER=/tmp \
    python manage.py collectstatic --no-input \
    && mkdir -p /data/media /data/private && chown -R pinboard /data
ENV MEDIA_ROOT=/data/media PRIVATE_ROOT=/data/private
USER pinboard
EXPOSE 8000 8001
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health/live', timeout=2)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "4", "--no-ws", "config.wsgi:application"]
