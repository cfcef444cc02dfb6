package dev.caravan.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.List;

/** Whether this machine can listen on a host at all, whatever the port. */
final class ListenAddress {
    private ListenAddress() {}

    /**
     * @param key whose value the host is
     * @param variable what the user would change
     * @throws StartException when the host is no address of this machine
     */
    static void require(String key, String variable, String host) {
        String advice = "; set " + variable + " to 127.0.0.1, 0.0.0.0 or an address of this machine";
        try {
            new ServerSocket(0, 1, InetAddress.getByName(host)).close();
        } catch (UnknownHostException e) {
            throw StartException.wrongInput(
                    List.of(key + " = " + host + ": no host of that name can be found" + advice), e);
        } catch (IOException e) {
            throw StartException.wrongInput(
                    List.of(key + " = " + host + ": this machine cannot listen on it (" + e.getMessage() + ")"
                            + advice),
                    e);
        }
    }
}
