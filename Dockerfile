# One image for each service: --build-arg SERVICE=gateway, tools, or a folder of subgraphs/. docs/images.md explains it.
# NODE_IMAGE is Debian with Node 24 and npm; a release names it by its digest. Nothing of it stays but what Node needs.
ARG NODE_IMAGE=node:24-bookworm-slim

# Every package of the lockfile. A change of sources does not touch this stage. A bundle is the same for every platform, so
# it is made on the one that builds.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS dependencies
WORKDIR /source
COPY scripts/bootstrap.mjs scripts/
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN npm install --global "pnpm@$(sed -n "s/^const PNPM_VERSION = '\(.*\)';$/\1/p" scripts/bootstrap.mjs)"
COPY pnpm-lock.yaml pnpm-workspace.yaml ./
RUN pnpm fetch --ignore-scripts

FROM dependencies AS build
COPY . .
RUN pnpm install --offline --frozen-lockfile --ignore-scripts
ARG SERVICE
RUN node scripts/bundle.ts "${SERVICE}" /bundle

FROM ${NODE_IMAGE} AS runtime
COPY scripts/images/runtime-root /usr/local/bin/
RUN runtime-root /runtime

FROM scratch
ARG SERVICE
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="tributary-${SERVICE}" \
      org.opencontainers.image.description="The ${SERVICE} of Tributary, a self-hosted GraphQL federation platform" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=runtime /runtime /
COPY --from=build /bundle /app
WORKDIR /app
# glibc keeps what threads have freed in arenas of their own, eight for each CPU: two hold less (docs/performance.md).
ENV NODE_ENV=production MALLOC_ARENA_MAX=2
USER 65532:65532
EXPOSE 4000 9400
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.TRIBUTARY_ADMIN__PORT ?? 9400}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node"]
CMD ["dist/main.js"]
