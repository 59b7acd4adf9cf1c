/**
 * Compares the JDK's server with ours. The same handlers run on both, and clients and handlers must
 * see the same behaviour.
 */
package io.github.signalhub.jdkserver.contract;
