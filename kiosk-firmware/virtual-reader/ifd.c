/*
 * Virtual reader: a driver for pcscd (IFD Handler API 3.0 of pcsc-lite) whose card is another process.
 *
 * DEVICENAME in reader.conf is "plain:/socket" or "pinpad:/socket". The driver listens on that Unix socket; who connects sends one
 * byte: 'c' a card is in the slot while the connection lasts, 'u' the reader is unplugged while it lasts.
 * Frames both ways: type (1 byte), length (4 bytes, big-endian), payload. '+' power up -> ATR, '!' reset -> ATR, '-' power down,
 * 'A' command APDU -> answer, 'P' PIN_VERIFY_STRUCTURE (the person types at the pad) -> answer. The answer repeats the type.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <ifdhandler.h>
#include <poll.h>
#include <pthread.h>
#include <reader.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define READERS 16
#define MAX_FRAME 65600
#define CARD_TIMEOUT_SECONDS 120
#define VERIFY_PIN_CODE SCARD_CTL_CODE(3500)

struct reader {
	int listener, card, wake, unplugged, pinpad;
	pthread_mutex_t lock;
	UCHAR atr[MAX_ATR_SIZE];
	DWORD atr_length;
};

static struct reader readers[READERS] = {[0 ... READERS - 1] = {.listener = -1, .card = -1, .wake = -1,
	.lock = PTHREAD_MUTEX_INITIALIZER}};

static struct reader *reader_of(DWORD lun)
{
	return (lun >> 16) < READERS ? &readers[lun >> 16] : NULL;
}

static int send_all(int fd, const void *data, size_t length)
{
	for (const char *at = data; length > 0;) {
		ssize_t n = send(fd, at, length, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR) continue;
		if (n <= 0) return -1;
		at += n, length -= (size_t)n;
	}
	return 0;
}

static int receive_all(int fd, void *data, size_t length)
{
	for (char *at = data; length > 0;) {
		ssize_t n = recv(fd, at, length, 0);
		if (n < 0 && errno == EINTR) continue;
		if (n <= 0) return -1;
		at += n, length -= (size_t)n;
	}
	return 0;
}

/* One frame to the card and its answer. A card that breaks the protocol is shut down here and closed in IFDHICCPresence. */
static RESPONSECODE exchange(struct reader *r, char type, const UCHAR *tx, DWORD tx_length, UCHAR *rx, DWORD *rx_length)
{
	RESPONSECODE rv = IFD_COMMUNICATION_ERROR;
	UCHAR head[5] = {(UCHAR)type, tx_length >> 24, tx_length >> 16, tx_length >> 8, tx_length};
	DWORD room = *rx_length, length;
	*rx_length = 0;
	pthread_mutex_lock(&r->lock);
	if (r->card < 0) {
		rv = r->unplugged ? IFD_NO_SUCH_DEVICE : IFD_ICC_NOT_PRESENT;
		goto done;
	}
	if (send_all(r->card, head, sizeof head) || send_all(r->card, tx, tx_length)) goto broken;
	if (receive_all(r->card, head, sizeof head) || head[0] != (UCHAR)type) goto broken;
	length = (DWORD)head[1] << 24 | head[2] << 16 | head[3] << 8 | head[4];
	if (length > room || receive_all(r->card, rx, length)) goto broken;
	*rx_length = length;
	rv = IFD_SUCCESS;
	goto done;
broken:
	shutdown(r->card, SHUT_RDWR);
done:
	pthread_mutex_unlock(&r->lock);
	return rv;
}

RESPONSECODE IFDHCreateChannelByName(DWORD lun, LPSTR name)
{
	struct reader *r = reader_of(lun);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = strchr(name, ':');
	if (!r || !path || strlen(++path) >= sizeof address.sun_path) return IFD_NO_SUCH_DEVICE;
	strcpy(address.sun_path, path);
	r->pinpad = !strncmp(name, "pinpad:", 7);
	r->unplugged = 0;
	r->atr_length = 0;
	r->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	r->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	unlink(path);
	mode_t old = umask(0177);
	int failed = r->listener < 0 || r->wake < 0 || bind(r->listener, (struct sockaddr *)&address, sizeof address) ||
		listen(r->listener, 4);
	umask(old);
	return failed ? IFD_COMMUNICATION_ERROR : IFD_SUCCESS;
}

RESPONSECODE IFDHCreateChannel(DWORD lun, DWORD channel)
{
	(void)lun, (void)channel;
	return IFD_NO_SUCH_DEVICE;
}

RESPONSECODE IFDHCloseChannel(DWORD lun)
{
	struct reader *r = reader_of(lun);
	if (!r) return IFD_NO_SUCH_DEVICE;
	pthread_mutex_lock(&r->lock);
	if (r->card >= 0) close(r->card);
	close(r->listener);
	close(r->wake);
	r->card = r->listener = r->wake = -1;
	pthread_mutex_unlock(&r->lock);
	return IFD_SUCCESS;
}

/* Runs beside transmissions and without pcscd's lock: it may wait for events but must not read from the card. */
static RESPONSECODE wait_for_event(DWORD lun, int timeout)
{
	struct reader *r = reader_of(lun);
	struct pollfd fds[3] = {{r->wake, POLLIN, 0}, {r->listener, POLLIN, 0}, {r->card, POLLRDHUP, 0}};
	eventfd_t drained;
	if (poll(fds, 3, timeout) > 0 && fds[0].revents) eventfd_read(r->wake, &drained);
	return IFD_SUCCESS;
}

/* pcscd calls this at every disconnect, not only at the end: it must be a wake-up that wait_for_event drains. */
static RESPONSECODE stop_waiting(DWORD lun)
{
	return eventfd_write(reader_of(lun)->wake, 1) ? IFD_COMMUNICATION_ERROR : IFD_SUCCESS;
}

RESPONSECODE IFDHICCPresence(DWORD lun)
{
	struct reader *r = reader_of(lun);
	struct timeval greeting = {.tv_sec = 1}, answer = {.tv_sec = CARD_TIMEOUT_SECONDS};
	char kind, byte;
	if (!r) return IFD_NO_SUCH_DEVICE;
	pthread_mutex_lock(&r->lock);
	/* Between exchanges a card has nothing to say: an end of file, an error and stray bytes all end it. */
	if (r->card >= 0 && (recv(r->card, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != EAGAIN)) {
		/* Report the removal even if the next card waits already, so that a swap is seen as one. */
		close(r->card);
		r->card = -1;
		r->unplugged = 0;
		r->atr_length = 0;
	} else {
		int next = accept4(r->listener, NULL, NULL, SOCK_CLOEXEC);
		if (next >= 0) setsockopt(next, SOL_SOCKET, SO_RCVTIMEO, &greeting, sizeof greeting);
		if (next >= 0 && (r->card >= 0 || recv(next, &kind, 1, 0) != 1 || (kind != 'c' && kind != 'u'))) {
			close(next); /* the slot holds a card, or this is none */
		} else if (next >= 0) {
			setsockopt(next, SOL_SOCKET, SO_RCVTIMEO, &answer, sizeof answer);
			r->card = next;
			r->unplugged = kind == 'u';
		}
	}
	RESPONSECODE rv = r->card < 0 ? IFD_ICC_NOT_PRESENT : r->unplugged ? IFD_NO_SUCH_DEVICE : IFD_ICC_PRESENT;
	pthread_mutex_unlock(&r->lock);
	return rv;
}

RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, PDWORD length, PUCHAR value)
{
	struct reader *r = reader_of(lun);
	void *function;
	if (!r) return IFD_NO_SUCH_DEVICE;
	switch (tag) {
	case TAG_IFD_ATR:
		if (*length < r->atr_length) return IFD_ERROR_INSUFFICIENT_BUFFER;
		memcpy(value, r->atr, *length = r->atr_length);
		return IFD_SUCCESS;
	case TAG_IFD_SIMULTANEOUS_ACCESS:
		*length = 1, *value = READERS;
		return IFD_SUCCESS;
	case TAG_IFD_THREAD_SAFE:
	case TAG_IFD_SLOTS_NUMBER:
		*length = 1, *value = 1;
		return IFD_SUCCESS;
	case TAG_IFD_POLLING_THREAD_WITH_TIMEOUT:
		function = (void *)wait_for_event;
		break;
	case TAG_IFD_STOP_POLLING_THREAD:
		function = (void *)stop_waiting;
		break;
	default:
		return IFD_ERROR_TAG;
	}
	if (*length < sizeof function) return IFD_ERROR_INSUFFICIENT_BUFFER;
	memcpy(value, &function, *length = sizeof function);
	return IFD_SUCCESS;
}

RESPONSECODE IFDHSetCapabilities(DWORD lun, DWORD tag, DWORD length, PUCHAR value)
{
	(void)lun, (void)tag, (void)length, (void)value;
	return IFD_NOT_SUPPORTED;
}

RESPONSECODE IFDHSetProtocolParameters(DWORD lun, DWORD protocol, UCHAR flags, UCHAR p1, UCHAR p2, UCHAR p3)
{
	(void)lun, (void)protocol, (void)flags, (void)p1, (void)p2, (void)p3;
	return IFD_SUCCESS;
}

RESPONSECODE IFDHPowerICC(DWORD lun, DWORD action, PUCHAR atr, PDWORD atr_length)
{
	struct reader *r = reader_of(lun);
	char type = action == IFD_POWER_UP ? '+' : action == IFD_RESET ? '!' : action == IFD_POWER_DOWN ? '-' : 0;
	*atr_length = 0;
	if (!r) return IFD_NO_SUCH_DEVICE;
	if (!type) return IFD_NOT_SUPPORTED;
	r->atr_length = sizeof r->atr;
	RESPONSECODE rv = exchange(r, type, NULL, 0, r->atr, &r->atr_length);
	if (rv != IFD_SUCCESS) return rv == IFD_NO_SUCH_DEVICE ? rv : IFD_ERROR_POWER_ACTION;
	memcpy(atr, r->atr, *atr_length = r->atr_length);
	return IFD_SUCCESS;
}

RESPONSECODE IFDHTransmitToICC(DWORD lun, SCARD_IO_HEADER send_pci, PUCHAR tx, DWORD tx_length, PUCHAR rx, PDWORD rx_length,
	PSCARD_IO_HEADER receive_pci)
{
	struct reader *r = reader_of(lun);
	if (r && tx_length >= 4 && tx_length <= MAX_FRAME) {
		receive_pci->Protocol = send_pci.Protocol;
		return exchange(r, 'A', tx, tx_length, rx, rx_length);
	}
	*rx_length = 0;
	return IFD_COMMUNICATION_ERROR;
}

RESPONSECODE IFDHControl(DWORD lun, DWORD code, PUCHAR tx, DWORD tx_length, PUCHAR rx, DWORD rx_room, PDWORD returned)
{
	struct reader *r = reader_of(lun);
	static const UCHAR verify[6] = {FEATURE_VERIFY_PIN_DIRECT, 4, VERIFY_PIN_CODE >> 24, VERIFY_PIN_CODE >> 16 & 0xff,
		VERIFY_PIN_CODE >> 8 & 0xff, VERIFY_PIN_CODE & 0xff};
	*returned = 0;
	if (!r) return IFD_NO_SUCH_DEVICE;
	if (code == CM_IOCTL_GET_FEATURE_REQUEST) {
		if (!r->pinpad) return IFD_SUCCESS;
		if (rx_room < sizeof verify) return IFD_ERROR_INSUFFICIENT_BUFFER;
		memcpy(rx, verify, *returned = sizeof verify);
		return IFD_SUCCESS;
	}
	if (code != VERIFY_PIN_CODE || !r->pinpad) return IFD_ERROR_NOT_SUPPORTED;
	*returned = rx_room;
	return exchange(r, 'P', tx, tx_length, rx, returned);
}
