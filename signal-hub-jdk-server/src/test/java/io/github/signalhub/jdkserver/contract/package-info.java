/** The same handlers on the JDK's server and on ours, and what clients and handlers see of them. */
package io.github.signalhub.jdkserver.contract;
