# presend in an image that holds glibc and its two programs: docker build -t presend . ; docker run --rm -v "$PWD:/work" presend drafts/
FROM debian:12-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends make
WORKDIR /src
COPY . .
RUN make deps-static && make -j"$(nproc)" CFLAGS=-O2 dist-binary && mkdir /out && tar -xzf build/presend-*.tar.gz -C /out --strip-components=1

FROM debian:12-slim
COPY --from=build /out/presend /usr/local/bin/presend
COPY --from=build /out/presend-preflight /usr/local/libexec/presend/presend-preflight
COPY --from=build /out/LICENSE /out/LICENSES /usr/local/share/doc/presend/
RUN useradd --system --no-create-home --shell /usr/sbin/nologin presend
USER presend
WORKDIR /work
ENV LC_ALL=C.UTF-8
ENTRYPOINT ["presend"]
CMD ["--help"]
