package dev.caravan.support;

/** A key pair in the SDK's system properties, for tests of the credentials chain; to be cleared after. */
public final class AwsKeys {
    private static final String ID = "aws.accessKeyId";
    private static final String SECRET = "aws.secretAccessKey";

    public void set() {
        System.setProperty(ID, "AKIDTEST");
        System.setProperty(SECRET, "secret");
    }

    public void clear() {
        System.clearProperty(ID);
        System.clearProperty(SECRET);
    }
}
