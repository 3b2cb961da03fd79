# make, make install [PREFIX=/usr/local] [DESTDIR=], make test, make bench, make quickstart.

PREFIX ?= /usr/local
CARGO ?= cargo
UNITDIR ?= $(PREFIX)/lib/systemd/system
MAN = 1 5 7 8
PROGRAMS = ctrd ctrd-shim ocirun ocirun-init
MULTIARCH := $(shell gcc -print-multiarch 2>/dev/null)
ifneq ($(MULTIARCH),)
export LIBSECCOMP_LIB_PATH ?= /usr/lib/$(MULTIARCH)
endif
OUT = target/$(shell rustc -vV | sed -n 's/^host: //p')/release

all:
	$(CARGO) build --release --locked --bins

install:
	install -d $(DESTDIR)$(PREFIX)/bin $(MAN:%=$(DESTDIR)$(PREFIX)/share/man/man%) $(DESTDIR)$(UNITDIR)
	install -m 755 $(PROGRAMS:%=$(OUT)/%) $(DESTDIR)$(PREFIX)/bin
	ln -sf ctrd-shim $(DESTDIR)$(PREFIX)/bin/containerd-shim-ctrd-v2
	for n in $(MAN); do install -m 644 man/*.$$n $(DESTDIR)$(PREFIX)/share/man/man$$n; done
	sed 's|@BINDIR@|$(PREFIX)/bin|' systemd/ctrd.service.in >$(DESTDIR)$(UNITDIR)/ctrd.service
	install -m 644 systemd/ctrd.socket $(DESTDIR)$(UNITDIR)
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/bash-completion/completions completions/bash/*
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/zsh/site-functions completions/zsh/*
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d completions/fish/*

test:
	tests/run

bench: all
	tests/bench/run
	tests/bench/import
	tests/bench/server

quickstart:
	./quickstart

clean:
	$(CARGO) clean

.PHONY: all install test bench quickstart clean
