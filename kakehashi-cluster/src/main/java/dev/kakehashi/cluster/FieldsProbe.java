package dev.kakehashi.cluster;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Notes what a reader asks for while it reads an object that holds nothing. What it then complains
 * of is what must be there.
 */
final class FieldsProbe {
    private final Map<String, FieldShape> shapes = new LinkedHashMap<>();
    private final Map<String, FieldsProbe> sections = new LinkedHashMap<>();

    void note(String name, FieldShape shape) {
        shapes.putIfAbsent(name, shape);
    }

    FieldsProbe section(String name) {
        note(name, new FieldShape.Any());
        return sections.computeIfAbsent(name, n -> new FieldsProbe());
    }

    /** The element of a list of mappings. */
    FieldsProbe element(String name, int most) {
        note(name, new FieldShape.Many(new FieldShape.Any(), most));
        return sections.computeIfAbsent(name, n -> new FieldsProbe());
    }

    FieldShape.Section shape(String path, Set<String> complaints) {
        Map<String, FieldShape> fields = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        shapes.forEach((name, shape) -> {
            String child = path.isEmpty() ? name : path + "." + name;
            FieldsProbe section = sections.get(name);
            FieldShape found = shape;
            boolean inside = false;
            if (section != null && shape instanceof FieldShape.Many(var _, int most)) {
                found = new FieldShape.Many(section.shape(child + "[0]", complaints), most);
            } else if (section != null) {
                FieldShape.Section read = section.shape(child, complaints);
                inside = !read.required().isEmpty();
                found = read;
            }
            fields.put(name, found);
            if (complaints.contains(child) || inside) {
                required.add(name);
            }
        });
        return new FieldShape.Section(fields, required);
    }
}
