#include "ipc.h"

#include "bytes.h"
#include "information.h"
#include "kernelcalls.h"
#include "machine.h"
#include "scheduler.h"

static bool waits_for(const struct process *receiver, int32_t endpoint)
{
	return (receiver->flags & (SENDING | RECEIVING)) == RECEIVING &&
	       (receiver->receive_from == ANY || receiver->receive_from == endpoint);
}

/* Hands a message to a process that waits for it, or that asks for one at this moment. */
static int32_t deliver(struct process *receiver, struct message *message, int32_t source)
{
	message->source = source;
	if (!process_write(receiver, receiver->message, message, sizeof *message))
		return EFAULT;
	if (receiver->reply_pending)
		count(&information.counters.ipc, 0);
	receiver->reply_pending = 0;
	return OK;
}

static int32_t transfer(struct process *receiver, const struct process *sender, uint32_t address)
{
	struct message message;

	if (!process_read(sender, address, &message, sizeof message))
		return EFAULT;
	return deliver(receiver, &message, sender->endpoint);
}

static int32_t deliver_notification(struct process *receiver)
{
	struct message message;

	memset(&message, 0, sizeof message);
	message.type = NOTIFY_MESSAGE;
	return deliver(receiver, &message, HARDWARE);
}

/* Ends the receiver's wait. */
static void received(struct process *receiver, int32_t result)
{
	registers_result(&receiver->registers, result);
	scheduler_unblock(receiver, RECEIVING);
}

/* Would the two wait for each other for ever? Follows the chain of those who wait to send. */
static bool would_lock(const struct process *sender, const struct process *receiver)
{
	while (receiver && receiver->flags & SENDING) {
		if (receiver->send_to == sender->endpoint)
			return true;
		receiver = process_find(receiver->send_to);
	}
	return false;
}

static void enqueue_sender(struct process *receiver, struct process *sender)
{
	struct process **link = &receiver->senders;

	while (*link)
		link = &(*link)->next_sender;
	sender->next_sender = 0;
	*link = sender;
}

/* Sends, or blocks the sender until the receiver asks. A SENDREC is `reply_pending` from its delivery on. */
static int32_t send(struct process *sender, int32_t endpoint, uint32_t message, bool may_block)
{
	struct process *receiver = process_find(endpoint);

	if (!receiver || receiver == sender)
		return EDEADSRCDST;
	if (waits_for(receiver, sender->endpoint)) {
		int32_t result = transfer(receiver, sender, message);

		if (result == OK)
			received(receiver, OK);
		return result;
	}
	if (!may_block)
		return ENOTREADY;
	if (would_lock(sender, receiver))
		return ELOCKED;
	sender->send_to = endpoint;
	sender->message = message;
	scheduler_block(sender, SENDING);
	enqueue_sender(receiver, sender);
	return OK;
}

/* Takes the first waiting sender that fits out of the queue. */
static struct process *take_sender(struct process *receiver, int32_t endpoint)
{
	for (struct process **link = &receiver->senders; *link; link = &(*link)->next_sender) {
		struct process *sender = *link;

		if (endpoint != ANY && endpoint != sender->endpoint)
			continue;
		*link = sender->next_sender;
		return sender;
	}
	return 0;
}

/* Receives what waits already (notifications first), or blocks. */
static int32_t receive(struct process *receiver, int32_t endpoint, uint32_t message)
{
	struct process *sender;

	receiver->receive_from = endpoint;
	receiver->message = message;
	if (receiver->notified && (endpoint == ANY || endpoint == HARDWARE)) {
		receiver->notified = 0;
		return deliver_notification(receiver);
	}
	sender = take_sender(receiver, endpoint);
	if (sender) {
		int32_t result = transfer(receiver, sender, sender->message);

		if (!(sender->flags & RECEIVING))
			registers_result(&sender->registers, result);
		else
			sender->reply_pending = 1;
		scheduler_unblock(sender, SENDING);
		return result;
	}
	if (endpoint != ANY && endpoint != HARDWARE && !process_find(endpoint))
		return EDEADSRCDST;
	scheduler_block(receiver, RECEIVING);
	return OK;
}

/* A request and its reply in one call: the process cannot be asked anything in between. */
static int32_t send_and_receive(struct process *caller, int32_t endpoint, uint32_t message)
{
	int32_t result = send(caller, endpoint, message, true);

	if (result != OK)
		return result;
	if (caller->flags & SENDING) {
		caller->receive_from = endpoint;
		scheduler_block(caller, RECEIVING);
		return OK;
	}
	caller->reply_pending = 1;
	return receive(caller, endpoint, message);
}

static int32_t dispatch(struct process *caller, uint32_t operation, int32_t endpoint, uint32_t message)
{
	switch (operation) {
	case SEND:
		return send(caller, endpoint, message, true);
	case SENDNB:
		return send(caller, endpoint, message, false);
	case RECEIVE:
		return receive(caller, endpoint, message);
	case SENDREC:
		return endpoint == SYSTEM ? kernel_call(caller, message) : send_and_receive(caller, endpoint, message);
	case MINIX_KERNINFO:
		registers_second_result(&caller->registers, INFORMATION_PAGE);
		return OK;
	default:
		return EBADCALL;
	}
}

void ipc_call(struct process *caller, uint32_t operation, int32_t endpoint, uint32_t message)
{
	registers_result(&caller->registers, dispatch(caller, operation, endpoint, message));
}

void ipc_notify(struct process *receiver)
{
	if (waits_for(receiver, HARDWARE))
		received(receiver, deliver_notification(receiver));
	else
		receiver->notified = 1;
}
