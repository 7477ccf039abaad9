FROM ${image} AS builder
WORKDIR /app
# First what changes seldom, so that a change of the source alone installs nothing anew.
COPY requirements.txt .
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir -r requirements.txt

FROM ${image}
ENV PATH=/opt/venv/bin:$$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /app
RUN useradd -m -u 1000 appuser \
    && chown -R appuser:appuser /app
COPY --from=builder /opt/venv /opt/venv
COPY --chown=appuser:appuser . .
# By its number: Kubernetes lets nobody in by name where runAsNonRoot is asked for.
USER 1000
${listening}
CMD ${start}
