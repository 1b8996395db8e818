/** For the doors of the server, which do not look at the host themselves. */
export { ownerOfPort } from '../../host/network/portOwner.ts';
