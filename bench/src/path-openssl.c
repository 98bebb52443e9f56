/* X509_verify_cert over paths from a file, again and again.
 *
 * path-openssl FILE. Of FILE, one thing a line: "path TIME FLAGS" begins a path, then "anchor", "target", "certificate",
 * "list" with DER in hexadecimal, "policy" with an OID; FLAGS are of "emi-" (explicit policy, no mapping, no any-policy).
 * On standard input a line "FROM SECONDS INDEX…", answered by "VALIDATIONS SECONDS CPU-SECONDS VERDICTS", a 0 or 1 a path.
 * FROM octets each validation reads its certificates and lists anew; from objects they are read once, before the time runs. */
#define _GNU_SOURCE
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_PATHS = 4096, MOST_PARTS = 64 };

struct part {
  char kind; /* first letter of its line */
  char *oid;
  unsigned char *der;
  long length;
};

struct path {
  time_t time;
  unsigned long flags;
  int parts;
  struct part part[MOST_PARTS];
};

static struct path paths[MOST_PATHS];

static void fail(const char *what) {
  fprintf(stderr, "path-openssl: %s\n", what);
  exit(1);
}

static void add_part(struct path *path, const char *kind, const char *value) {
  if (path->parts == MOST_PARTS) fail("too many parts of a path");
  struct part *part = &path->part[path->parts++];
  part->kind = kind[0];
  /* Without authorities in between, CRL_CHECK_ALL would only add the trust anchor's own status, which RFC 5280 leaves out. */
  if (part->kind == 'c') path->flags |= X509_V_FLAG_CRL_CHECK_ALL;
  if (part->kind == 'p') part->oid = strdup(value);
  else if ((part->der = OPENSSL_hexstr2buf(value, &part->length)) == NULL) fail("no hexadecimal");
}

static unsigned long flags_of(const char *letters) {
  return X509_V_FLAG_CRL_CHECK | X509_V_FLAG_EXTENDED_CRL_SUPPORT | X509_V_FLAG_POLICY_CHECK |
         X509_V_FLAG_PARTIAL_CHAIN |
         (strchr(letters, 'e') ? X509_V_FLAG_EXPLICIT_POLICY : 0) |
         (strchr(letters, 'm') ? X509_V_FLAG_INHIBIT_MAP : 0) | (strchr(letters, 'i') ? X509_V_FLAG_INHIBIT_ANY : 0);
}

static int read_paths(const char *name) {
  FILE *file = fopen(name, "r");
  if (file == NULL) fail("the file cannot be read");
  int count = 0;
  char *line = NULL;
  size_t room = 0;
  while (getline(&line, &room, file) > 0) {
    line[strcspn(line, "\n")] = 0;
    char *value = strchr(line, ' ');
    if (value == NULL) fail("a line without a value");
    *value++ = 0;
    if (strcmp(line, "path") == 0) {
      if (count == MOST_PATHS) fail("too many paths");
      char *letters;
      paths[count].time = strtol(value, &letters, 10);
      paths[count++].flags = flags_of(letters);
    } else if (count == 0) fail("a part before the first path");
    else add_part(&paths[count - 1], line, value);
  }
  free(line);
  fclose(file);
  return count;
}

/* A path's parts as OpenSSL's objects. */
struct objects {
  STACK_OF(X509) *anchors, *certificates;
  STACK_OF(X509_CRL) *lists;
  X509 *target;
};

static struct objects read_objects(const struct path *path) {
  struct objects read = {sk_X509_new_null(), sk_X509_new_null(), sk_X509_CRL_new_null(), NULL};
  for (int i = 0; i < path->parts; i++) {
    const struct part *part = &path->part[i];
    const unsigned char *at = part->der;
    if (part->kind == 'p') continue;
    if (part->kind == 'l') {
      X509_CRL *list = d2i_X509_CRL(NULL, &at, part->length);
      if (list != NULL) sk_X509_CRL_push(read.lists, list);
      continue;
    }
    X509 *certificate = d2i_X509(NULL, &at, part->length);
    if (part->kind == 't') read.target = certificate;
    else if (certificate != NULL) sk_X509_push(part->kind == 'a' ? read.anchors : read.certificates, certificate);
  }
  return read;
}

static void free_objects(struct objects read) {
  X509_free(read.target);
  sk_X509_pop_free(read.anchors, X509_free);
  sk_X509_pop_free(read.certificates, X509_free);
  sk_X509_CRL_pop_free(read.lists, X509_CRL_free);
}

static int validate(X509_STORE *store, const struct path *path, struct objects read) {
  X509_STORE_CTX *ctx = X509_STORE_CTX_new();
  int valid = 0;
  if (read.target != NULL && X509_STORE_CTX_init(ctx, store, read.target, read.certificates)) {
    X509_STORE_CTX_set0_trusted_stack(ctx, read.anchors);
    X509_STORE_CTX_set0_crls(ctx, read.lists);
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_flags(param, path->flags);
    X509_VERIFY_PARAM_set_time(param, path->time);
    for (int i = 0; i < path->parts; i++)
      if (path->part[i].kind == 'p') X509_VERIFY_PARAM_add0_policy(param, OBJ_txt2obj(path->part[i].oid, 1));
    valid = X509_verify_cert(ctx) == 1;
  }
  X509_STORE_CTX_free(ctx);
  return valid;
}

static int read_and_validate(X509_STORE *store, const struct path *path) {
  struct objects read = read_objects(path);
  int valid = validate(store, path, read);
  free_objects(read);
  return valid;
}

static double seconds_of(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static void answer(X509_STORE *store, char *question, int count) {
  static struct objects read[MOST_PATHS];
  int chosen[MOST_PATHS], choices = 0;
  int from_objects = strncmp(question, "objects ", 8) == 0;
  question += strcspn(question, " ");
  double seconds = strtod(question, &question);
  for (char *end; choices < MOST_PATHS; question = end) {
    long index = strtol(question, &end, 10);
    if (end == question) break;
    if (index < 0 || index >= count) fail("no such path");
    chosen[choices++] = index;
  }
  char verdicts[MOST_PATHS + 1] = "";
  long validations = 0;
  for (int i = 0; from_objects && i < choices; i++) read[i] = read_objects(&paths[chosen[i]]);
  double started = seconds_of(CLOCK_MONOTONIC), before = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  do {
    for (int i = 0; i < choices; i++) {
      const struct path *path = &paths[chosen[i]];
      int valid = from_objects ? validate(store, path, read[i]) : read_and_validate(store, path);
      verdicts[i] = valid ? '1' : '0';
    }
    validations += choices;
  } while (seconds_of(CLOCK_MONOTONIC) - started < seconds);
  double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - before;
  printf("%ld %.6f %.6f %s\n", validations, seconds_of(CLOCK_MONOTONIC) - started, cpu, verdicts);
  fflush(stdout);
  for (int i = 0; from_objects && i < choices; i++) free_objects(read[i]);
}

int main(int argc, char **argv) {
  if (argc != 2) fail("say which file");
  int count = read_paths(argv[1]);
  X509_STORE *store = X509_STORE_new();
  char *line = NULL;
  size_t room = 0;
  while (getline(&line, &room, stdin) > 0) answer(store, line, count);
  free(line);
  X509_STORE_free(store);
  return 0;
}
