FROM ${image} AS builder
WORKDIR /app
# First what changes seldom, so that a change of the source alone installs nothing anew.
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build --if-present \
    && npm prune --omit=dev

FROM ${image}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=builder --chown=node:node /app /app
# The image's own user node.
USER 1000
${listening}
CMD ${start}
