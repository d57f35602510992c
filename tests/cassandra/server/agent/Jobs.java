package managementapi;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import javax.management.Notification;

import org.apache.cassandra.service.StorageService;
import org.apache.cassandra.service.StorageServiceMBean;
import org.apache.cassandra.utils.progress.ProgressEventType;

/** Jobs that take minutes or days: one at a time, in their order; repairs beside them. They are gone with the process. */
final class Jobs {
    /** What a job does. */
    interface Work {
        void run() throws Exception;
    }

    private static final ExecutorService ONE_AT_A_TIME = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "management-api-job");
        thread.setDaemon(true);
        return thread;
    });
    private static final Map<String, Job> BY_ID = new ConcurrentHashMap<>();

    private Jobs() {
    }

    /** One job, as the API tells it. */
    private static final class Job {
        private final String id;
        private final String type;
        private final long submitted = System.currentTimeMillis();
        private final List<Map<String, String>> changes = new CopyOnWriteArrayList<>();
        private volatile String status = "WAITING";
        private volatile long ended;
        private volatile String error;

        private Job(String id, String type) {
            this.id = id;
            this.type = type;
        }

        private void end(String newStatus, String newError) {
            error = newError;
            ended = System.currentTimeMillis();
            status = newStatus;
        }
    }

    /** Queues a job; returns its id. */
    static String submit(String type, Work work) {
        Job job = new Job(UUID.randomUUID().toString(), type);
        BY_ID.put(job.id, job);
        CompletableFuture.runAsync(() -> run(work), ONE_AT_A_TIME).whenComplete((nothing, error) -> {
            if (error == null)
                job.end("COMPLETED", null);
            else
                job.end("ERROR", error.getLocalizedMessage());
        });
        return job.id;
    }

    private static void run(Work work) {
        try {
            work.run();
        } catch (RuntimeException | Error error) {
            throw error;
        } catch (Exception error) {
            throw new IllegalStateException(error);
        }
    }

    /** Starts a repair, which Cassandra runs by itself and tells about; number 0 says that there is nothing to repair. */
    static String repair(String keyspace, Map<String, String> options) {
        Listener.INSTALLED.hashCode();
        int number = ((StorageServiceMBean) StorageService.instance).repairAsync(keyspace, options);
        Job job = new Job("repair-" + number, "repair");
        BY_ID.put(job.id, job);
        if (number == 0) {
            change(job, ProgressEventType.COMPLETE, "");
            job.end("COMPLETED", null);
        }
        return job.id;
    }

    /** Listens from the first repair on. */
    private static final class Listener {
        private static final Object INSTALLED = new Object();

        static {
            StorageService.instance.addNotificationListener((told, nothing) -> follow(told),
                told -> "progress".equals(told.getType()), null);
        }
    }

    /** What Cassandra says of a repair: `repair:7` is its source. The last word is COMPLETE, also after an ERROR. */
    private static void follow(Notification told) {
        String[] source = String.valueOf(told.getSource()).split(":");
        Job job = source.length > 1 ? BY_ID.get("repair-" + source[1]) : null;
        if (job == null)
            return;
        ProgressEventType type = ProgressEventType.values()[(Integer) ((Map<?, ?>) told.getUserData()).get("type")];
        switch (type) {
            case NOTIFICATION, PROGRESS -> { }
            case ERROR, ABORT -> {
                change(job, type, told.getMessage());
                job.end("ERROR", told.getMessage());
            }
            case COMPLETE -> {
                change(job, type, told.getMessage());
                job.end("COMPLETED", null);
            }
            default -> change(job, type, told.getMessage());
        }
    }

    private static void change(Job job, ProgressEventType type, String message) {
        Map<String, String> change = new LinkedHashMap<>();
        change.put("status", type.name());
        change.put("change_time", String.valueOf(System.currentTimeMillis()));
        change.put("message", message);
        job.changes.add(change);
    }

    /** How a job goes; empty where there is no such job. */
    static Map<String, Object> status(String id) {
        Job job = BY_ID.get(id);
        if (job == null)
            return Map.of();
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("id", job.id);
        told.put("type", job.type);
        told.put("status", job.status);
        told.put("submit_time", String.valueOf(job.submitted));
        told.put("end_time", String.valueOf(job.ended));
        told.put("error", job.error);
        told.put("status_changes", new ArrayList<>(job.changes));
        return told;
    }
}
